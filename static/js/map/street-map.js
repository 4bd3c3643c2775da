// What the maps share: the map folium drew, its settings, our icons, and elements made of text alone.

/**
 * @typedef {object} Settings
 * @property {string} icons address of the sprite
 * @property {string} language
 * @property {Record<string, string>} words
 */

/** The map, drawn by the script before this one. */
export const map = /** @type {import("leaflet").Map} */ (Reflect.get(window, "street_map"));

/** @type {Settings & Record<string, any>} */
export const settings = JSON.parse(document.getElementById("map-settings")?.textContent ?? "{}");

/** @param {string} key @param {Record<string, string | number>} [values] */
export function say(key, values = {}) {
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, String(value)),
    settings.words[key] ?? key,
  );
}

/**
 * Make an element; text is text, never HTML.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} [className]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function made(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name of a symbol in the sprite */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${settings.icons}#${name}`);
  svg.append(use);
  return svg;
}

const DRAWN = new Set(["verlichting", "wegen", "groen", "afval", "water", "meubilair", "dieren", "overig"]);

/** @param {string} code main or inner code of a category */
export function categoryIcon(code) {
  const main = code.split(".")[0] ?? "";
  return icon(`category-${DRAWN.has(main) ? main : "overig"}`);
}

/** A mark that is announced by its label, not as an empty button. */
class LabelledIcon extends L.DivIcon {
  /** @param {import("leaflet").DivIconOptions & {label: string}} options */
  constructor(options) {
    super(options);
    this.label = options.label;
  }

  /** @param {HTMLElement} [old] */
  createIcon(old) {
    const element = super.createIcon(old);
    element.setAttribute("aria-label", this.label);
    return element;
  }
}

/**
 * @param {HTMLElement} content
 * @param {{className: string, size: number, label: string}} look
 * @returns {import("leaflet").DivIcon}
 */
export function labelledIcon(content, { className, size, label }) {
  return new LabelledIcon({ html: content, className, iconSize: [size, size], popupAnchor: [0, -size / 2], label });
}

/**
 * The mark of a case: the category's shape on the stage's colour, the stage's shape at its corner.
 * @param {{category: string, stage: string, label: string}} of
 */
export function caseIcon({ category, stage, label }) {
  const content = made("span", "marker__face", categoryIcon(category));
  content.append(made("span", "marker__stage", icon(`stage-${stage}`)));
  return labelledIcon(content, { className: `marker marker--${stage}`, size: 40, label });
}

/** @param {string} label */
export function workIcon(label) {
  return labelledIcon(made("span", "marker__face", icon("work")), { className: "marker marker--work", size: 40, label });
}

/** @param {string} stage */
export function stageBadge(stage) {
  return made("span", `stage stage--${stage}`, icon(`stage-${stage}`), made("span", "", settings.stages?.[stage] ?? stage));
}

const days = new Intl.DateTimeFormat(settings.language === "en" ? "en-GB" : "nl-NL", { day: "numeric", month: "short" });

/** @param {string | null | undefined} isoDay */
export function dayInWords(isoDay) {
  return isoDay ? days.format(new Date(`${isoDay}T12:00:00`)) : "";
}

/** A list of facts; empty ones are left out. @param {[string, string][]} facts */
export function factList(facts) {
  const list = made("dl", "popup__facts");
  for (const [term, value] of facts) {
    if (value) list.append(made("div", "", made("dt", "", term), made("dd", "", value)));
  }
  return list;
}

for (const element of document.querySelectorAll("[data-script-only]")) {
  /** @type {HTMLElement} */ (element).hidden = false;
}

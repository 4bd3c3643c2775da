// The map of reports that would go to another party: who had it and who would get it in each mark,
// and those close together as one with their number. The list beside it can point at a mark.
import { factList, icon, labelledIcon, made, map, say, settings } from "./street-map.js";
import { namesStepAside } from "./names.js";

/**
 * @typedef {object} Pair
 * @property {string} was
 * @property {string} becomes
 * @property {string} was_sign
 * @property {string} becomes_sign
 *
 * @typedef {object} Moved
 * @property {number} longitude
 * @property {number} latitude
 * @property {string} reference
 * @property {string} label
 * @property {number} pair
 */

const pairs = /** @type {Pair[]} */ (settings.pairs);

/** @param {string} sign */
const sign = (sign) => made("span", `party-sign party-sign--${sign}`, icon(`party-${sign}`));

/** @param {Pair} pair */
const fromTo = (pair) => [sign(pair.was_sign), made("span", "from-to__arrow", icon("arrow")), sign(pair.becomes_sign)];

/** @param {Moved} one */
function popup(one) {
  const pair = /** @type {Pair} */ (pairs[one.pair]);
  return made("div", "popup", made("h3", "popup__title", one.label), factList([
    [say("number"), one.reference],
    [say("was"), pair.was],
    [say("becomes"), pair.becomes],
  ]));
}

/** How many of each pair are in a cluster, most first. @param {any} cluster @returns {[number, number][]} */
function countedPairs(cluster) {
  const counts = /** @type {Map<number, number>} */ (new Map());
  for (const mark of cluster.getAllChildMarkers()) {
    const { pair } = mark.options;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]);
}

/** @param {any} cluster */
function clusterIcon(cluster) {
  const counted = countedPairs(cluster);
  const count = cluster.getChildCount();
  const told = counted.map(([pair, number]) => say("pair", { count: number, was: pairs[pair]?.was ?? "", becomes: pairs[pair]?.becomes ?? "" }));
  const label = say("cluster", { count, pairs: told.join("; ") });
  const number = made("span", "from-to__count", String(count));
  const only = counted.length === 1 ? pairs[counted[0]?.[0] ?? 0] : undefined;
  const content = only
    ? made("span", "from-to from-to--cluster", number, ...fromTo(only))
    // Of several pairs only the number and who would get most of them: the rest is told when read.
    : made("span", "from-to from-to--cluster", number, ...[...new Set(counted.map(([pair]) => pairs[pair]?.becomes_sign ?? "nobody"))].slice(0, 3).map(sign));
  return labelledIcon(content, { className: "moved-cluster", size: 44, label });
}

const clusters = L.markerClusterGroup({
  maxClusterRadius: 64,
  showCoverageOnHover: false,
  chunkedLoading: true,
  spiderLegPolylineOptions: { className: "map-spider", weight: 2 },
  iconCreateFunction: clusterIcon,
});

/** @type {Map<string, import("leaflet").Marker>} */
const marks = new Map();
for (const one of /** @type {Moved[]} */ (settings.moved)) {
  const pair = /** @type {Pair} */ (pairs[one.pair]);
  const label = say("mark", { label: one.label, was: pair.was, becomes: pair.becomes });
  const mark = L.marker([one.latitude, one.longitude], /** @type {any} */ ({
    icon: labelledIcon(made("span", "from-to", ...fromTo(pair)), { className: "moved-mark", size: 44, label }),
    pair: one.pair,
    riseOnHover: true,
  }));
  mark.bindPopup(() => popup(one), { minWidth: 220, autoPanPadding: [24, 24] });
  marks.set(one.reference, mark);
}
clusters.addLayers([...marks.values()]);
clusters.on("animationend", namesStepAside);
map.addLayer(clusters);
if (marks.size > 0) map.fitBounds(clusters.getBounds().pad(0.3), { maxZoom: 14, animate: false });

map.on("popupopen", (event) => {
  event.popup.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", say("close"));
});

/** @param {import("leaflet").Marker} mark */
function focusPopup(mark) {
  const title = /** @type {HTMLElement | null | undefined} */ (mark.getPopup()?.getElement()?.querySelector(".popup__title"));
  if (!title) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

// Each row of the list whose report is on the map can point at it.
/** @type {HTMLElement | null} */
let pressed = null;
for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-moved]"))) {
  const reference = row.dataset.moved ?? "";
  const mark = marks.get(reference);
  if (mark === undefined) continue;
  const button = made("button", "case-row__show", reference);
  button.type = "button";
  button.setAttribute("aria-label", say("show", { reference }));
  button.addEventListener("click", () => {
    pressed = button;
    map.getContainer().scrollIntoView({ block: "nearest" });
    clusters.zoomToShowLayer(mark, () => {
      mark.openPopup();
      focusPopup(mark);
    });
  });
  row.replaceChildren(button);
}

map.getContainer().addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  map.closePopup();
  pressed?.focus();
  pressed = null;
});

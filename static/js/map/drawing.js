// Drawing an area: a corner for each press or Enter, corners that are dragged or moved by arrow keys, and a list of them.
import { arrow } from "./keys.js";
import { goToPlaces, STREET } from "./go-to.js";
import { crossesItself, squareMetres } from "./outline.js";
import { partsIn, written } from "./shape-text.js";
import { labelledIcon, made, map, say, settings } from "./street-map.js";

/** @typedef {import("./shape-text.js").Corner} Corner */
/** @typedef {import("./shape-text.js").Ring} Ring */
/** @typedef {import("./shape-text.js").Part} Part */

const STEP_PX = 12;
/** So many steps can be taken back. */
const MOST_STEPS = 100;
/** More marks than these hide the map and are slow to walk through. */
const MOST_MARKS = 60;

const box = /** @type {HTMLElement} */ (document.querySelector("[data-drawing]"));
const form = /** @type {HTMLFormElement} */ (box.closest("form"));
const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem(settings.field));
/** @template {HTMLElement} T @param {string} name @returns {T} */
const part = (name) => /** @type {T} */ (box.querySelector(`[data-${name}]`));
const size = part("size");
const news = part("news");
const inView = part("in-view");
const list = part("corners");
const outlines = /** @type {HTMLSelectElement} */ (part("outlines"));
const container = map.getContainer();
container.setAttribute("aria-describedby", "map-help");

/** @type {Part[]} */
let parts = [[{ corners: [], open: true }]];
let atPart = 0;
let atRing = 0;
/** What was there before each step. @type {string[]} */
const steps = [];
/** Whether what stands in the field is what is drawn. */
let drawn = true;
let changed = false;

const shapes = L.layerGroup().addTo(map);
const marks = L.layerGroup().addTo(map);
const numbers = new Intl.NumberFormat(settings.language === "en" ? "en-GB" : "nl-NL", { maximumFractionDigits: 0 });

/** @returns {Ring} */
const ring = () => /** @type {Ring} */ (parts[atPart]?.[atRing]);

/** @param {Corner} corner @returns {import("leaflet").LatLngTuple} */
const there = ([longitude, latitude]) => [latitude, longitude];

/** A corner to the centimetre. @param {import("leaflet").LatLng} at @returns {Corner} */
const cornerAt = ({ lng, lat }) => [Number(lng.toFixed(7)), Number(lat.toFixed(7))];

/** Remember how it was, before it is changed. */
function remember() {
  steps.push(JSON.stringify({ parts, atPart, atRing }));
  if (steps.length > MOST_STEPS) steps.shift();
}

function undo() {
  const before = steps.pop();
  if (before === undefined) {
    tell("nothingToUndo");
    return;
  }
  ({ parts, atPart, atRing } = JSON.parse(before));
  write();
  tell("undone", { size: sizeInWords() });
}

/** @param {string} key @param {Record<string, string | number>} [values] */
function tell(key, values) {
  news.textContent = say(key, values);
}

/** Put what is drawn into the form, and show it. */
function write() {
  drawn = true;
  changed = true;
  field.value = written(parts);
  show();
}

function sizeInWords() {
  const { corners } = ring();
  if (corners.length === 0) return say("none");
  if (corners.length < 3) return say("few", { corners: corners.length });
  const metres = parts.flatMap((rings) => rings.map((one, place) => (place === 0 ? 1 : -1) * squareMetres(one.corners)));
  const all = parts.flat().reduce((count, one) => count + one.corners.length, 0);
  return say("size", { corners: all, metres: numbers.format(metres.reduce((sum, one) => sum + one, 0)) });
}

function show() {
  shapes.clearLayers();
  parts.forEach((rings, place) => {
    const isHere = place === atPart;
    shapes.addLayer(L.polygon(rings.map(({ corners }) => corners.map(there)), {
      className: isHere ? "drawn" : "drawn drawn--other", interactive: false, bubblingMouseEvents: true,
    }));
  });
  const words = [sizeInWords()];
  if (crossesItself(ring().corners)) words.push(say("crosses"));
  size.textContent = words.join(" ");
  showMarks();
  showOutlines();
}

/** The corners of this outline that are on the map now, with their places. @returns {[number, Corner][]} */
function inSight() {
  const sight = map.getBounds();
  return ring().corners.map((corner, place) => /** @type {[number, Corner]} */ ([place, corner])).filter(([, corner]) => sight.contains(there(corner)));
}

function showMarks() {
  const here = document.activeElement;
  const focused = here instanceof HTMLElement ? here.dataset.corner : undefined;
  marks.clearLayers();
  const seen = inSight();
  const { corners, open } = ring();
  const shown = seen.slice(0, MOST_MARKS);
  for (const [place, corner] of shown) {
    marks.addLayer(cornerMark(place, corner, place === corners.length - 1));
    const next = corners[(place + 1) % corners.length];
    const isEnd = place === corners.length - 1;
    if (next === undefined || corners.length < 2 || (isEnd && (open || corners.length < 3))) continue;
    marks.addLayer(betweenMark(place, corner, next));
  }
  inView.hidden = shown.length === corners.length;
  inView.textContent = say("inView", { shown: shown.length, corners: corners.length });
  list.replaceChildren(...shown.map(([place, corner]) => row(place, corner)));
  if (focused !== undefined) /** @type {HTMLElement | null} */ (container.querySelector(`[data-corner="${focused}"]`))?.focus();
}

/** @param {string} className @param {string} label */
const cornerIcon = (className, label) => labelledIcon(made("span", "corner-mark__dot"), { className: `corner-mark ${className}`, size: 24, label });

/** @param {number} place @param {Corner} corner @param {boolean} isLast */
function cornerMark(place, corner, isLast) {
  const mark = L.marker(there(corner), {
    icon: cornerIcon(isLast ? "corner-mark--last" : "", say("corner", { place: place + 1 })), draggable: true, autoPan: true, bubblingMouseEvents: false,
  });
  mark.on("add", () => {
    const element = mark.getElement();
    if (!element) return;
    element.dataset.corner = String(place);
    element.addEventListener("keydown", (event) => onCornerKey(event, place));
  });
  mark.on("dragstart", remember);
  mark.on("drag", () => {
    ring().corners[place] = cornerAt(mark.getLatLng());
    drawLines();
  });
  mark.on("dragend", () => {
    write();
    tell("moved", { place: place + 1, size: sizeInWords() });
  });
  // Pressing the first corner ends the line; another press goes on with the map.
  mark.on("click", () => {
    if (place === 0 && ring().open && ring().corners.length > 2) {
      remember();
      ring().open = false;
      write();
    }
  });
  return mark;
}

/** Halfway two corners a new one can be dragged out. @param {number} place @param {Corner} one @param {Corner} next */
function betweenMark(place, one, next) {
  /** @type {Corner} */
  const half = [(one[0] + next[0]) / 2, (one[1] + next[1]) / 2];
  const mark = L.marker(there(half), {
    icon: cornerIcon("corner-mark--between", say("between", { place: place + 1 })), draggable: true, autoPan: true, keyboard: false, bubblingMouseEvents: false,
  });
  mark.on("add", () => mark.getElement()?.setAttribute("role", "img"));
  mark.on("dragstart", () => {
    remember();
    ring().corners.splice(place + 1, 0, cornerAt(mark.getLatLng()));
  });
  mark.on("drag", () => {
    ring().corners[place + 1] = cornerAt(mark.getLatLng());
    drawLines();
  });
  mark.on("dragend", () => {
    write();
    tell("added", { place: place + 2, size: sizeInWords() });
  });
  mark.on("click", () => insert(place + 1, cornerAt(mark.getLatLng())));
  return mark;
}

/** Follow a corner that is dragged; the marks stay, or the one in the hand would be lost. */
function drawLines() {
  const line = /** @type {import("leaflet").Polygon | undefined} */ (shapes.getLayers()[atPart]);
  line?.setLatLngs((parts[atPart] ?? []).map(({ corners }) => corners.map(there)));
}

/** @param {KeyboardEvent} event @param {number} place */
function onCornerKey(event, place) {
  const step = event.shiftKey ? STEP_PX * 4 : STEP_PX / 4;
  const move = arrow(event.key, step);
  const corner = ring().corners[place];
  if (corner === undefined) return;
  if (move) {
    const at = map.latLngToContainerPoint(there(corner)).add(move);
    remember();
    ring().corners[place] = cornerAt(map.containerPointToLatLng(at));
    write();
    tell("moved", { place: place + 1, size: sizeInWords() });
  } else if (event.key === "Delete" || event.key === "Backspace") {
    remove(place);
    container.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** @param {number} place @param {Corner} corner */
function insert(place, corner) {
  remember();
  ring().corners.splice(place, 0, corner);
  write();
  tell("added", { place: place + 1, size: sizeInWords() });
}

/** Put a corner at the end of a line that is being drawn, and into the nearest side of one that is whole.
 * @param {import("leaflet").LatLng} at */
function add(at) {
  const { corners, open } = ring();
  const corner = cornerAt(at);
  if (open || corners.length < 3) {
    insert(corners.length, corner);
    return;
  }
  const point = map.latLngToLayerPoint(at);
  let place = corners.length;
  let least = Infinity;
  corners.forEach((one, index) => {
    const next = corners[(index + 1) % corners.length];
    if (next === undefined) return;
    const far = L.LineUtil.pointToSegmentDistance(point, map.latLngToLayerPoint(there(one)), map.latLngToLayerPoint(there(next)));
    if (far < least) {
      least = far;
      place = index + 1;
    }
  });
  insert(place, corner);
}

/** @param {number} place */
function remove(place) {
  remember();
  ring().corners.splice(place, 1);
  write();
  tell("removed", { size: sizeInWords() });
}

/** @param {number} place @param {Corner} corner */
function row(place, corner) {
  const where = made("button", "utrecht-button utrecht-button--subtle", `${corner[1].toFixed(5)}, ${corner[0].toFixed(5)}`);
  where.type = "button";
  where.setAttribute("aria-label", say("goTo", { place: place + 1 }) + ` ${where.textContent}`);
  where.addEventListener("click", () => map.setView(there(corner), Math.max(map.getZoom(), STREET)));
  const gone = made("button", "utrecht-button utrecht-button--subtle", say("remove", { place: place + 1 }));
  gone.type = "button";
  gone.addEventListener("click", () => {
    remove(place);
    const left = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("[data-remove]"));
    (left[Math.min(place, left.length - 1)] ?? container).focus();
  });
  gone.dataset.remove = "";
  const item = made("li", "", made("span", "corner-row", where, gone));
  item.value = place + 1;
  return item;
}

function showOutlines() {
  const options = parts.flatMap((rings, one) => rings.map((_, other) => {
    const option = made("option", "", other === 0 ? say("outline", { part: one + 1 }) : say("hole", { part: one + 1, hole: other }));
    option.value = `${one}/${other}`;
    option.selected = one === atPart && other === atRing;
    return option;
  }));
  outlines.replaceChildren(...options);
}

outlines.addEventListener("change", () => {
  [atPart = 0, atRing = 0] = outlines.value.split("/").map(Number);
  show();
});
part("new-part").addEventListener("click", () => {
  remember();
  ring().open = false;
  parts.push([{ corners: [], open: true }]);
  atPart = parts.length - 1;
  atRing = 0;
  write();
});
part("new-hole").addEventListener("click", () => {
  remember();
  ring().open = false;
  atRing = /** @type {Part} */ (parts[atPart]).push({ corners: [], open: true }) - 1;
  write();
});
part("drop-ring").addEventListener("click", () => {
  remember();
  if (atRing === 0) parts.splice(atPart, 1);
  else parts[atPart]?.splice(atRing, 1);
  if (parts.length === 0) parts = [[{ corners: [], open: true }]];
  atPart = Math.min(atPart, parts.length - 1);
  atRing = 0;
  write();
});
part("add").addEventListener("click", () => add(map.getCenter()));
part("undo").addEventListener("click", undo);
part("show").addEventListener("click", showAll);

function showAll() {
  const all = parts.flat().flatMap(({ corners }) => corners.map(there));
  if (all.length > 0) map.fitBounds(all, { animate: false, maxZoom: 18, padding: [30, 30] });
}

map.on("click", (event) => add(event.latlng));
map.on("moveend zoomend", showMarks);
// Two quick presses are two corners.
map.doubleClickZoom.disable();
map.keyboard.disable();
container.tabIndex = 0;

container.addEventListener("keydown", (event) => {
  if (event.target !== container || event.altKey || event.ctrlKey || event.metaKey) return;
  const move = arrow(event.key, event.shiftKey ? STEP_PX * 8 : STEP_PX);
  if (move) map.panBy(move, { animate: false });
  else if (event.key === "Enter" || event.key === " ") add(map.getCenter());
  else if (event.key === "Backspace") undo();
  else if (event.key === "+" || event.key === "=") map.zoomIn();
  else if (event.key === "-") map.zoomOut();
  else return;
  event.preventDefault();
});

goToPlaces(part, tell, news);

/** Draw what stands in the field; what cannot be drawn stays there. */
function read() {
  if (field.value.trim() === "") {
    parts = [[{ corners: [], open: true }]];
    atPart = atRing = 0;
    show();
    return;
  }
  try {
    parts = partsIn(field.value);
    atPart = atRing = 0;
    drawn = true;
    show();
    showAll();
  } catch {
    drawn = false;
    parts = [[{ corners: [], open: true }]];
    atPart = atRing = 0;
    show();
    size.textContent = say("unreadable");
  }
}
field.addEventListener("change", () => {
  remember();
  changed = true;
  read();
  if (drawn) tell("drawnInstead");
});

// Whoever leaves with a shape half drawn is asked first; sending the form is no leaving.
window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
form.addEventListener("submit", () => { changed = false; });

read();

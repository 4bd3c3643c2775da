// The objects of the list on a map: one is chosen, moved, and kept by the form in its card.
import { arrow } from "./keys.js";
import { labelledIcon, made, map, say, settings } from "./street-map.js";

/** @typedef {{id: string, label: string, longitude: number, latitude: number}} Asset */

const STEP_PX = 6;
const PAN_PX = 12;
const CLOSE_BY = 18;

const box = /** @type {HTMLElement} */ (document.querySelector("[data-assets-map]"));
const news = /** @type {HTMLElement} */ (box.querySelector("[data-news]"));
const container = map.getContainer();
container.setAttribute("aria-describedby", "map-help");

/** @type {Asset[]} */
const assets = settings.assets;
/** @type {Map<string, import("leaflet").Marker>} */
const marks = new Map();
/** @type {Asset | null} */
let chosen = null;

const clusters = L.markerClusterGroup({
  showCoverageOnHover: false,
  maxClusterRadius: 44,
  disableClusteringAtZoom: CLOSE_BY,
  iconCreateFunction: (cluster) => labelledIcon(made("span", "", String(cluster.getChildCount())), {
    className: "cluster", size: 44, label: say("cluster", { count: cluster.getChildCount() }),
  }),
}).addTo(map);
// What is being moved stands outside the clusters, or it would vanish into one under the hand.
const hand = L.layerGroup().addTo(map);

for (const asset of assets) {
  const mark = L.marker([asset.latitude, asset.longitude], { icon: assetIcon(asset, false), draggable: false, autoPan: true });
  mark.on("click keypress", () => choose(asset));
  marks.set(asset.id, mark);
  clusters.addLayer(mark);
}
if (assets.length > 0) map.fitBounds(clusters.getBounds(), { animate: false, maxZoom: 17, padding: [30, 30] });

/** @param {Asset} asset @param {boolean} isChosen */
function assetIcon(asset, isChosen) {
  return labelledIcon(made("span", "asset-mark__dot"), { className: `asset-mark${isChosen ? " asset-mark--moving" : ""}`, size: 28, label: asset.label });
}

/** @param {Asset} asset */
const card = (asset) => document.getElementById(`asset-${asset.id}`);

/** @param {Asset} asset */
function choose(asset) {
  if (chosen?.id === asset.id) return;
  if (chosen !== null) {
    const before = /** @type {import("leaflet").Marker} */ (marks.get(chosen.id));
    hand.clearLayers();
    before.dragging?.disable();
    before.setIcon(assetIcon(chosen, false));
    clusters.addLayer(before);
  }
  chosen = asset;
  const mark = /** @type {import("leaflet").Marker} */ (marks.get(asset.id));
  clusters.removeLayer(mark);
  mark.setIcon(assetIcon(asset, true));
  hand.addLayer(mark);
  mark.dragging?.enable();
  mark.off("drag dragend").on("drag", () => fill(asset, mark.getLatLng())).on("dragend", () => tellMoved(asset));
  const element = mark.getElement();
  element?.addEventListener("keydown", (event) => onKey(event, asset, mark));
  const details = card(asset)?.querySelector("details");
  if (details) details.open = true;
  news.textContent = say("chosen", { label: asset.label });
  map.setView(mark.getLatLng(), Math.max(map.getZoom(), CLOSE_BY), { animate: false });
  element?.focus();
}

/** @param {KeyboardEvent} event @param {Asset} asset @param {import("leaflet").Marker} mark */
function onKey(event, asset, mark) {
  const step = event.shiftKey ? STEP_PX * 6 : STEP_PX;
  const move = arrow(event.key, step);
  if (!move) return;
  put(asset, mark, map.containerPointToLatLng(map.latLngToContainerPoint(mark.getLatLng()).add(move)));
  event.preventDefault();
  event.stopPropagation();
}

/** @param {Asset} asset @param {import("leaflet").Marker} mark @param {import("leaflet").LatLng} at */
function put(asset, mark, at) {
  mark.setLatLng(at);
  fill(asset, at);
  tellMoved(asset);
}

/** @param {Asset} asset @param {import("leaflet").LatLng} at */
function fill(asset, { lng, lat }) {
  for (const [name, value] of /** @type {[string, number][]} */ ([["longitude", lng], ["latitude", lat]])) {
    const input = document.getElementById(`${name}-${asset.id}`);
    if (input instanceof HTMLInputElement) input.value = value.toFixed(6);
  }
}

/** @param {Asset} asset */
const tellMoved = (asset) => { news.textContent = say("moved", { label: asset.label }); };

// A card that is opened chooses its object too.
for (const asset of assets) {
  card(asset)?.querySelector("details")?.addEventListener("toggle", (event) => {
    if (/** @type {HTMLDetailsElement} */ (event.target).open && chosen?.id !== asset.id) {
      const focused = document.activeElement;
      choose(asset);
      if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    }
  });
}

box.querySelector("[data-move-here]")?.addEventListener("click", () => {
  const mark = chosen && marks.get(chosen.id);
  if (!chosen || !mark) news.textContent = say("chooseFirst");
  else put(chosen, mark, map.getCenter());
});
box.querySelector("[data-new-here]")?.addEventListener("click", () => {
  const { lng, lat } = map.getCenter();
  for (const [name, value] of /** @type {[string, number][]} */ ([["longitude", lng], ["latitude", lat]])) {
    const input = document.getElementById(name);
    if (input instanceof HTMLInputElement) input.value = value.toFixed(6);
  }
  news.textContent = say("newHere");
  document.getElementById("kind")?.focus();
});

map.keyboard.disable();
container.tabIndex = 0;
container.addEventListener("keydown", (event) => {
  if (event.target !== container || event.altKey || event.ctrlKey || event.metaKey) return;
  const move = arrow(event.key, event.shiftKey ? PAN_PX * 8 : PAN_PX);
  if (move) map.panBy(move, { animate: false });
  else if (event.key === "+" || event.key === "=") map.zoomIn();
  else if (event.key === "-") map.zoomOut();
  else return;
  event.preventDefault();
});

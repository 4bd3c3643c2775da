// A crew's list on a map: the tasks by their numbers, and the way along them as straight lines.
// Those close together are one mark with their numbers.
import { labelledIcon, made, map, say, settings } from "./street-map.js";

/**
 * @typedef {object} Stop
 * @property {number} number
 * @property {string} label
 * @property {string} words
 * @property {string} sign
 * @property {string} address
 * @property {number} longitude
 * @property {number} latitude
 */

const stops = /** @type {Stop[]} */ (settings.stops);
/** @type {[number, number][]} */
const places = stops.map((one) => [one.latitude, one.longitude]);

/** @param {Stop} one */
function popup(one) {
  const link = made("a", "way-link", say("open"));
  link.href = one.address;
  return made("div", "popup", made("h2", "popup__title", `${one.number}. ${one.label}`), made("p", "", one.words), link);
}

// What a colleague has, and what waits for a later day, nobody drives to now.
const driven = stops.filter((one) => one.sign !== "with-colleague" && one.sign !== "later");
L.polyline(
  driven.map((one) => [one.latitude, one.longitude]),
  { className: "way-line", interactive: false },
).addTo(map);

/** @type {Map<import("leaflet").Marker, number>} */
const numbers = new Map();

/** @param {import("leaflet").Marker[]} marks */
function inWords(marks) {
  const found = marks.map((mark) => numbers.get(mark) ?? 0).sort((one, other) => one - other);
  const [first = 0, last = 0] = [found[0], found.at(-1)];
  if (last - first === found.length - 1) return `${first}–${last}`;
  return found.length <= 3 ? found.join(", ") : `${found.length}×`;
}

const clusters = L.markerClusterGroup({
  showCoverageOnHover: false,
  maxClusterRadius: 50,
  iconCreateFunction: (cluster) => {
    const words = inWords(cluster.getAllChildMarkers());
    return labelledIcon(made("span", "", words), { className: "way-mark way-mark--several", size: 52, label: say("cluster", { numbers: words }) });
  },
});

for (const one of stops) {
  const label = say("mark", { number: one.number, label: one.label, words: one.words });
  const mark = L.marker([one.latitude, one.longitude], {
    icon: labelledIcon(made("span", "", String(one.number)), { className: `way-mark way-mark--${one.sign}`, size: 48, label }),
    riseOnHover: true,
  });
  mark.bindPopup(() => popup(one), { minWidth: 220, autoPanPadding: [24, 24] });
  numbers.set(mark, one.number);
  clusters.addLayer(mark);
}
map.addLayer(clusters);
if (places.length > 0) map.fitBounds(L.latLngBounds(places).pad(0.15), { maxZoom: 16, animate: false });

map.on("popupopen", (event) => {
  event.popup.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", say("close"));
});

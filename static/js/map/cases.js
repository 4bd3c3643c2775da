// The cases of a list on a map: the same as the list holds, close ones as one mark with a number.
import { caseIcon, labelledIcon, made, map, say, settings } from "./street-map.js";
import { namesStepAside } from "./names.js";

/**
 * @typedef {object} Placed
 * @property {string} reference
 * @property {string} label
 * @property {string} stage
 * @property {string} stage_words
 * @property {string} category
 * @property {string} address
 * @property {number} longitude
 * @property {number} latitude
 */

/** @param {Placed} one */
function popup(one) {
  const link = made("a", "", say("open", { reference: one.reference }));
  link.href = one.address;
  return made("div", "popup", made("h3", "popup__title", one.label), made("p", "", one.stage_words), made("p", "", link));
}

const clusters = L.markerClusterGroup({
  showCoverageOnHover: false,
  maxClusterRadius: 44,
  iconCreateFunction: (cluster) => labelledIcon(made("span", "", String(cluster.getChildCount())), {
    className: "cluster", size: 44, label: say("cluster", { count: cluster.getChildCount() }),
  }),
});

for (const one of /** @type {Placed[]} */ (settings.cases)) {
  const label = say("mark", { label: one.label, reference: one.reference, stage: one.stage_words });
  const mark = L.marker([one.latitude, one.longitude], {
    icon: caseIcon({ category: one.category, stage: one.stage, label }), riseOnHover: true,
  });
  mark.bindPopup(() => popup(one), { minWidth: 220, autoPanPadding: [24, 24] });
  clusters.addLayer(mark);
}
clusters.on("animationend", namesStepAside);
map.addLayer(clusters);
if (settings.cases.length > 0) map.fitBounds(clusters.getBounds().pad(0.2), { maxZoom: 16, animate: false });

map.on("popupopen", (event) => {
  event.popup.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", say("close"));
});

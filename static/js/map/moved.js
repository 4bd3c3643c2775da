// The map of reports that would go to another party: the sign of the new one, the old one's colour in it.
import { factList, icon, labelledIcon, made, map, say, settings } from "./street-map.js";

/**
 * @typedef {object} Moved
 * @property {number} longitude
 * @property {number} latitude
 * @property {string} label
 * @property {string} was
 * @property {string} becomes
 * @property {string} was_sign
 * @property {string} becomes_sign
 */

/** @param {Moved} one */
function sign(one) {
  return made(
    "span",
    `party-sign party-sign--${one.becomes_sign}`,
    icon(`party-${one.becomes_sign}`),
    made("span", `party-sign__was party-sign--${one.was_sign}`),
  );
}

/** @param {Moved} one */
function popup(one) {
  const content = made("div", "popup");
  content.append(made("p", "popup__title", one.label), factList([[say("was"), one.was], [say("becomes"), one.becomes]]));
  return content;
}

for (const one of /** @type {Moved[]} */ (settings.moved)) {
  const label = say("mark", { label: one.label, was: one.was, becomes: one.becomes });
  const mark = L.marker([one.latitude, one.longitude], {
    icon: labelledIcon(sign(one), { className: "marker moved-mark", size: 26, label }),
    // The list beside the map is read and walked through; hundreds of stops here help nobody.
    keyboard: false,
  }).addTo(map).bindPopup(() => popup(one));
  mark.getElement()?.setAttribute("role", "img");
}

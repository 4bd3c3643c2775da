// The names of villages step aside where a mark would cover them.
import { map } from "./street-map.js";

const MARKS_REST_AFTER_MS = 350;

/** Where a name can stand, seen from its village; the first that is free is taken. */
const PLACES = [
  "", "is-below", "is-high", "is-right", "is-left", "is-low",
  "is-high-right", "is-high-left", "is-below-right", "is-below-left",
];

/** @param {DOMRect} one @param {DOMRect} other */
function meet(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function stepAside() {
  const frame = map.getContainer().getBoundingClientRect();
  const taken = [...map.getPane("markerPane")?.children ?? []].map((mark) => mark.getBoundingClientRect());
  /** @type {DOMRect[]} */
  const names = [];
  for (const name of map.getContainer().querySelectorAll(".map-name span")) {
    const isFree = PLACES.some((place) => {
      name.className = place;
      const box = name.getBoundingClientRect();
      return box.left >= frame.left && box.right <= frame.right && !taken.some((other) => meet(box, other));
    });
    if (!isFree) name.className = "";
    const box = name.getBoundingClientRect();
    // Two names over one another are none that can be read; nearer by there is room again.
    name.classList.toggle("is-away", names.some((other) => meet(box, other)));
    if (name.classList.contains("is-away")) continue;
    taken.push(box);
    names.push(box);
  }
}

let pause = 0;
export function namesStepAside() {
  clearTimeout(pause);
  pause = window.setTimeout(stepAside, MARKS_REST_AFTER_MS);
}

map.on("moveend zoomend layeradd layerremove", namesStepAside);
namesStepAside();
// In its own letters a name is wider or narrower than it was until they came.
void document.fonts.ready.then(namesStepAside);

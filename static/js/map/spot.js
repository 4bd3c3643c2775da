// A small map that says "it is here".
import { caseIcon, map, settings } from "./street-map.js";

const { latitude, longitude } = settings.spot;
L.marker([latitude, longitude], {
  icon: caseIcon({ category: settings.category, stage: settings.stage, label: settings.label }),
  keyboard: false,
  interactive: false,
}).addTo(map).getElement()?.setAttribute("role", "img");

// Where the background does not come, a street shows nothing; the villages with their names do.
const background = /** @type {import("leaflet").TileLayer | undefined} */ (Reflect.get(window, "background"));
let came = false;
background?.on("tileload", () => { came = true; });
background?.once("tileerror", () => { if (!came) map.setZoom(13); });

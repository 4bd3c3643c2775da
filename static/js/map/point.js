// Pointing at a place beside a form that finds places by words: nothing is pointed at until somebody moves the map.
import { steerByKeys } from "./keys.js";
import { map, say } from "./street-map.js";
import "./names.js";

/** Further out, the cross covers more than one house. */
const NEAR_ENOUGH = 15;
const CLOSE_BY = 18;
const STEP_PX = 12;

const box = /** @type {HTMLDetailsElement} */ (document.querySelector("[data-point]"));
const told = /** @type {HTMLElement} */ (box.querySelector("[data-told]"));
const form = /** @type {HTMLFormElement} */ (box.closest("form"));
const container = map.getContainer();
container.setAttribute("aria-describedby", "map-help");

/** Whether a person moved the map since it was last at a place of the form. */
let isMovedByHand = false;

/** @param {string} name */
const number = (name) => Number.parseFloat(/** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value);

function choose() {
  if (!isMovedByHand) return;
  if (map.getZoom() < NEAR_ENOUGH) {
    told.textContent = say("closer");
    return;
  }
  told.textContent = "";
  const { lat, lng } = map.getCenter();
  form.dispatchEvent(new CustomEvent("point:chosen", { detail: { longitude: lng, latitude: lat } }));
}

// A map that was not shown does not know its size; the place may have been found meanwhile.
box.addEventListener("toggle", () => {
  if (!box.open) return;
  map.invalidateSize();
  isMovedByHand = false;
  const [longitude, latitude] = [number("longitude"), number("latitude")];
  if (Number.isFinite(longitude) && Number.isFinite(latitude)) map.setView([latitude, longitude], 17, { animate: false });
  else map.fitBounds(/** @type {import("leaflet").GeoJSON} */ (Reflect.get(window, "land_shapes")).getBounds(), { animate: false });
  container.focus();
});

map.on("dragstart", () => { isMovedByHand = true; });
map.on("click", (event) => {
  isMovedByHand = true;
  map.setView(event.latlng, Math.max(map.getZoom(), CLOSE_BY));
});
map.on("moveend", choose);

steerByKeys(map, STEP_PX, () => { isMovedByHand = true; });

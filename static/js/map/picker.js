// Pointing at a place: the cross stays in the middle, the map moves below it; what is there is read out.
import { steerByKeys } from "./keys.js";
import { labelledIcon, made, map, say, settings } from "./street-map.js";
import "./names.js";

/**
 * @typedef {object} Asset
 * @property {string} id
 * @property {string} kind
 * @property {string} number
 * @property {?string} [street]
 * @property {{coordinates: [number, number]}} location
 * @property {number} distanceMetres
 * @property {{reference: string} | string | null} [openCase]
 */

/** Further out, the cross covers more than one house. */
const NEAR_ENOUGH = 15;
const CLOSE_BY = 18;
const PAUSE_MS = 250;
const STEP_PX = 12;
const TAP_PX = 22;

const picker = /** @type {HTMLElement} */ (document.querySelector("[data-place-picker]"));
const readOut = /** @type {HTMLElement} */ (picker.querySelector("[data-read-out]"));
const assetBox = /** @type {HTMLElement} */ (picker.querySelector("[data-assets]"));
const assetOptions = /** @type {HTMLElement} */ (picker.querySelector("[data-asset-options]"));
const form = picker.closest("form") ?? document;

/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="${name}"]:not([type=radio])`));

/** What was last said to stand near the cross. @type {Asset[]} */
let near = [];
const assetMarks = L.layerGroup().addTo(map);
const container = map.getContainer();
container.setAttribute("aria-describedby", "map-help");

/** Whether the person has pointed at something; the first view is nobody's choice. */
let pointed = settings.spot !== null;
/** Whether the cross was moved since the form got its place. */
let isMovedByHand = false;
let chosenAsset = settings.asset ?? field("asset")?.value ?? "";
/** Whether somebody said that it is none of those near by; that is an answer, so it is never given for them. */
let isNoneOfThem = false;
/** Whether the map moves to something from the list, which then stays as it is under the finger. */
let goingToAsset = false;
/** @type {AbortController | null} */
let question = null;
let pause = 0;
let zooming = false;

map.on("zoomanim", () => { zooming = true; });
map.on("zoomend", () => { zooming = false; });

/** Go there. Leaflet drops a view that is asked for while it zooms to another, so this one waits its turn.
 * @param {import("leaflet").LatLngExpression} place @param {number} zoom */
function goTo(place, zoom) {
  if (zooming) map.once("moveend", () => goTo(place, zoom));
  else map.setView(place, zoom);
}

/** @param {string} name @param {string} value */
function fill(name, value) {
  const input = field(name);
  if (input === null || input.value === value) return;
  input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Whether the form holds a place. */
const hasPlace = () => Boolean(field("longitude")?.value && field("latitude")?.value);

function choose() {
  if (!pointed) return;
  if (map.getZoom() < NEAR_ENOUGH) {
    // A place that is known needs no closer look, unless somebody points elsewhere.
    if (isMovedByHand || !hasPlace()) readOut.textContent = say("closer");
    return;
  }
  isMovedByHand = false;
  const { lat, lng } = map.getCenter();
  fill("longitude", lng.toFixed(6));
  fill("latitude", lat.toFixed(6));
  clearTimeout(pause);
  if (goingToAsset) {
    goingToAsset = false;
    drawAssets();
    return;
  }
  pause = window.setTimeout(() => void ask(lng, lat), PAUSE_MS);
}

/** Ask what is there; an answer that came too late is thrown away. @param {number} longitude @param {number} latitude */
async function ask(longitude, latitude) {
  question?.abort();
  const mine = (question = new AbortController());
  try {
    const address = new URL(settings.placesUrl, location.href);
    address.searchParams.set("lon", longitude.toFixed(6));
    address.searchParams.set("lat", latitude.toFixed(6));
    const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "application/json" } });
    if (answer.status === 422) {
      readOut.textContent = say("outside");
      showAssets([]);
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const place = await answer.json();
    if (mine !== question) return;
    readOut.textContent = say("chosen", { place: placeInWords(place) });
    showAssets(settings.offersAssets ? place.assets ?? [] : []);
  } catch (problem) {
    if (mine.signal.aborted) return;
    readOut.textContent = say("unknown");
    showAssets([]);
  }
}

/** @param {{address?: string | Record<string, string> | null, areas?: {kind: string, name: string}[]}} place */
function placeInWords(place) {
  const { address } = place;
  const written = typeof address === "string" ? address : address?.text ?? address?.label ?? address?.line ?? "";
  const village = (place.areas ?? []).find((area) => area.kind === "village")?.name;
  return written || [say("point"), village].filter(Boolean).join(", ");
}

/** @param {Asset} asset */
const assetName = (asset) => say("numbered", { kind: settings.kinds[asset.kind] ?? asset.kind, number: asset.street ? `${asset.number}, ${asset.street}` : asset.number });

/** @param {Asset[]} assets nearest first */
function showAssets(assets) {
  isNoneOfThem = false;
  if (!assets.some((asset) => asset.id === chosenAsset)) setAsset("");
  assetBox.hidden = assets.length === 0;
  near = assets.slice(0, 8);
  drawAssets();
  const choices = near.map((asset) => option(asset.id, assetName(asset), [
    say("away", { metres: Math.round(asset.distanceMetres) }),
    asset.openCase ? say("reported") : "",
  ].filter(Boolean).join(" · "), () => pick(asset)));
  if (choices.length > 0) choices.push(option("", say("noneOfThese"), "", () => { isNoneOfThem = true; setAsset(""); }));
  assetOptions.replaceChildren(...choices);
}

function drawAssets() {
  assetMarks.clearLayers();
  for (const asset of near) {
    const [longitude, latitude] = asset.location.coordinates;
    // Lamps stand close together: the list has room for each, and a tap on the map takes the nearest.
    const mark = L.marker([latitude, longitude], { icon: assetMark(asset), keyboard: false, interactive: false });
    mark.on("add", () => mark.getElement()?.setAttribute("role", "img"));
    assetMarks.addLayer(mark);
  }
}

/** @param {Asset} asset */
function assetMark(asset) {
  const state = asset.id === chosenAsset ? " asset-mark--chosen" : "";
  return labelledIcon(made("span", "asset-mark__dot"), { className: `asset-mark${state}`, size: 28, label: assetName(asset) });
}

/** @param {string} value @param {string} label @param {string} hint @param {() => void} act */
function option(value, label, hint, act) {
  const input = made("input", "utrecht-radio-button utrecht-radio-button--html-input");
  input.type = "radio";
  // The form's own `asset` input carries the choice; this name is the list's alone.
  input.name = field("asset") === null ? "asset" : "asset-near";
  input.value = value;
  input.checked = isChosen(value);
  input.addEventListener("change", act);
  const text = made("span", "option__text", label);
  if (hint) text.append(made("span", "soft", hint));
  return made("label", "option", input, text);
}

/** @param {Asset} asset */
function pick(asset) {
  setAsset(asset.id);
  const [longitude, latitude] = asset.location.coordinates;
  pointed = true;
  goingToAsset = true;
  question?.abort();
  clearTimeout(pause);
  readOut.textContent = say("chosen", { place: assetName(asset) });
  goTo([latitude, longitude], Math.max(map.getZoom(), CLOSE_BY));
}

/** @param {string} id */
function setAsset(id) {
  chosenAsset = id;
  fill("asset", id);
  if (id !== "") isNoneOfThem = false;
  for (const input of assetOptions.querySelectorAll("input")) input.checked = isChosen(input.value);
}

/** @param {string} value of a choice in the list; none is empty */
const isChosen = (value) => (value === "" ? isNoneOfThem : value === chosenAsset);

map.on("dragstart", () => { pointed = isMovedByHand = true; });
/** @param {import("leaflet").LatLng} at */
function assetUnder(at) {
  const tapped = map.latLngToContainerPoint(at);
  const reach = near
    .map((asset) => {
      const [longitude, latitude] = asset.location.coordinates;
      return { asset, far: tapped.distanceTo(map.latLngToContainerPoint([latitude, longitude])) };
    })
    .sort((one, other) => one.far - other.far)[0];
  return reach !== undefined && reach.far <= TAP_PX ? reach.asset : null;
}

map.on("click", (event) => {
  const tapped = assetUnder(event.latlng);
  if (tapped !== null) {
    pick(tapped);
    return;
  }
  pointed = true;
  goTo(event.latlng, Math.max(map.getZoom(), 17));
});
map.on("moveend", choose);

steerByKeys(map, STEP_PX, () => { pointed = isMovedByHand = true; });

const circle = L.circle([0, 0], { radius: 0, className: "map-accuracy", interactive: false });
picker.querySelector("[data-locate]")?.addEventListener("click", () => {
  if (!("geolocation" in navigator)) {
    readOut.textContent = say("notLocated");
    return;
  }
  readOut.textContent = say("locating");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      pointed = true;
      fill("accuracy", String(Math.round(coords.accuracy)));
      circle.setLatLng([coords.latitude, coords.longitude]).setRadius(coords.accuracy).addTo(map);
      goTo([coords.latitude, coords.longitude], coords.accuracy > 100 ? 16 : CLOSE_BY);
      readOut.textContent = say("located", { metres: Math.round(coords.accuracy) });
    },
    () => { readOut.textContent = say("notLocated"); },
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
  );
});

// The form found an address: go there.
form.addEventListener("place:chosen", (event) => {
  const { longitude, latitude } = /** @type {CustomEvent<{longitude: number, latitude: number}>} */ (event).detail;
  pointed = true;
  goTo([latitude, longitude], CLOSE_BY);
});

// A place that was typed before scripts ran, or that the draft kept.
const kept = [Number(field("latitude")?.value), Number(field("longitude")?.value)];
if (!pointed && field("latitude")?.value && kept.every(Number.isFinite)) {
  pointed = true;
  goTo(/** @type {[number, number]} */ (kept), 17);
} else if (pointed && map.getZoom() < NEAR_ENOUGH) {
  // The place is known, though the map opens wider than anybody could point at it.
  void ask(settings.spot.longitude, settings.spot.latitude);
} else if (pointed) choose();

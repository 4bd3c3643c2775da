// The live map: cases and planned works, kept up to date, with the list beside it in step.
import { caseIcon, dayInWords, factList, icon, labelledIcon, made, map, say, settings, stageBadge, workIcon, categoryIcon } from "./street-map.js";
import { namesStepAside } from "./names.js";

/**
 * @typedef {object} Case
 * @property {string} id the reference
 * @property {{type: "Point", coordinates: [number, number]}} geometry
 * @property {{category: string, main: string, status: string, reportedOn: string, dueOn: string | null, party: string | null}} properties
 *
 * @typedef {object} Work
 * @property {string} id
 * @property {import("geojson").Geometry} geometry
 * @property {{id?: string, title: string | Record<string, string>, startsOn: string, endsOn: string, kind: string, hindrance: string}} properties
 */

const ASK_EVERY_MS = 4_000;
const SLOWEST_MS = 60_000;
const LISTED = 40;

const news = /** @type {HTMLElement} */ (document.querySelector("[data-map-news]"));
const list = document.getElementById("case-list");
const listNote = document.getElementById("case-count");
const filter = /** @type {HTMLFormElement | null} */ (document.getElementById("map-filter"));
const liveSwitch = /** @type {HTMLInputElement} */ (document.querySelector("[data-live]"));
const language = settings.language === "en" ? "en" : "nl";

/** Cases near the view, by reference. @type {Map<string, Case>} */
const cases = new Map();
/** @type {Map<string, import("leaflet").Marker>} */
const marks = new Map();

const clusters = L.markerClusterGroup({
  maxClusterRadius: 70,
  showCoverageOnHover: false,
  chunkedLoading: true,
  spiderLegPolylineOptions: { className: "map-spider", weight: 2 },
  iconCreateFunction: (cluster) => {
    const count = cluster.getChildCount();
    const size = count < 10 ? 44 : count < 100 ? 52 : 60;
    return labelledIcon(made("span", "cluster__count", String(count)), { className: "cluster", size, label: say("cluster", { count }) });
  },
});
/** The ground a work takes; its mark is among the others, so that no mark hides another. */
const workShapes = L.layerGroup();
const workMarks = L.layerGroup();
clusters.on("animationend", namesStepAside);
map.addLayer(clusters);
map.addLayer(workShapes);

/** @param {string} code */
const categoryName = (code) => settings.categories[code] ?? settings.categories[code.split(".")[0] ?? ""] ?? code;
/** @param {string} stage */
const stageName = (stage) => settings.stages[stage] ?? stage;

/** @param {Case} found */
function caseLabel(found) {
  return say("marker", { name: categoryName(found.properties.category), stage: stageName(found.properties.status), reference: found.id });
}

/** @param {string} title @param {(Node | string)[]} parts */
function popup(title, ...parts) {
  return made("div", "popup", made("h2", "popup__title", title), ...parts);
}

/** @param {Case} found */
function casePopup(found) {
  const { category, status, reportedOn, dueOn, party } = found.properties;
  return popup(categoryName(category), stageBadge(status), factList([
    [say("reference"), found.id],
    [say("reported"), dayInWords(reportedOn)],
    [say("due"), dayInWords(dueOn)],
    [say("party"), party ?? ""],
  ]));
}

/** @param {Case} found */
function addCase(found) {
  const [longitude, latitude] = found.geometry.coordinates;
  const mark = L.marker([latitude, longitude], {
    icon: caseIcon({ category: found.properties.main, stage: found.properties.status, label: caseLabel(found) }),
    riseOnHover: true,
  });
  mark.bindPopup(() => casePopup(cases.get(found.id) ?? found), { maxWidth: 300, minWidth: 220, autoPanPadding: [24, 24] });
  marks.set(found.id, mark);
  return mark;
}

/**
 * Bring the map from what it shows to what the server says, touching only what differs.
 * @param {Case[]} now
 * @param {boolean} announce whether the same part of the map was asked for before
 */
function update(now, announce) {
  const seen = new Set(now.map((found) => found.id));
  /** @type {string[]} */
  const changes = [];
  const gone = [...cases.keys()].filter((reference) => !seen.has(reference));
  const leaving = gone.map((reference) => /** @type {import("leaflet").Marker} */ (marks.get(reference)));
  clusters.removeLayers(leaving);
  for (const reference of gone) {
    cases.delete(reference);
    marks.delete(reference);
    changes.push(say("removed", { reference }));
  }
  const coming = [];
  for (const found of now) {
    const before = cases.get(found.id);
    cases.set(found.id, found);
    if (before === undefined) {
      coming.push(addCase(found));
      changes.push(say("added", { name: categoryName(found.properties.category), reference: found.id }));
    } else if (JSON.stringify(before) !== JSON.stringify(found)) {
      if (before.properties.status !== found.properties.status) {
        changes.push(say("moved", { reference: found.id, stage: stageName(found.properties.status) }));
      }
      redraw(found);
    }
  }
  if (layerSwitch("cases").checked) clusters.addLayers(coming);
  if (announce && changes.length > 0) {
    news.textContent = changes.length > 3 ? say("changes", { count: changes.length }) : changes.join(". ");
  }
  showList();
}

/** @param {Case} found */
function redraw(found) {
  const mark = marks.get(found.id);
  if (mark === undefined) return;
  const [longitude, latitude] = found.geometry.coordinates;
  const focused = mark.getElement() === document.activeElement;
  mark.setIcon(caseIcon({ category: found.properties.main, stage: found.properties.status, label: caseLabel(found) }));
  if (!mark.getLatLng().equals([latitude, longitude])) {
    clusters.removeLayer(mark);
    mark.setLatLng([latitude, longitude]);
    clusters.addLayer(mark);
  }
  if (mark.isPopupOpen()) mark.setPopupContent(casePopup(found));
  if (focused) mark.getElement()?.focus();
}

function showList() {
  if (list === null) return;
  const view = map.getBounds();
  const visible = [...cases.values()]
    .filter(({ geometry: { coordinates: [longitude, latitude] } }) => view.contains([latitude, longitude]))
    .sort((one, other) => other.properties.reportedOn.localeCompare(one.properties.reportedOn) || one.id.localeCompare(other.id));
  if (listNote !== null) {
    const count = visible.length;
    const said = count === 0 ? say("none") : count === 1 ? say("one") : say("many", { count });
    listNote.textContent = count > LISTED ? `${said}. ${say("shown", { count: LISTED })}` : said;
  }
  document.getElementById("case-pages")?.remove();
  const shown = visible.slice(0, LISTED);
  // Rows that stay are kept, so that focus and reading position stay too.
  const rows = new Map([...list.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.reference, row]));
  list.replaceChildren(...shown.map((found) => {
    const old = /** @type {HTMLElement | undefined} */ (rows.get(found.id));
    return old?.dataset.status === found.properties.status && old.dataset.drawn ? old : listRow(found);
  }));
}

/** @param {Case} found */
function listRow(found) {
  const { category, main, status, reportedOn } = found.properties;
  const row = made("li", "case-row");
  row.dataset.reference = found.id;
  row.dataset.status = status;
  row.dataset.drawn = "yes";
  const show = made("button", "case-row__show", categoryName(category));
  show.type = "button";
  show.setAttribute("aria-label", `${categoryName(category)}, ${found.id}: ${say("show")}`);
  show.addEventListener("click", () => reveal(found.id));
  row.append(
    made("span", `case-row__sign stage--${status}`, categoryIcon(main)),
    made("span", "case-row__text", show, made("span", "soft small", `${found.id} · ${dayInWords(reportedOn)}`)),
    stageBadge(status),
  );
  return row;
}

/** @param {string} reference */
function reveal(reference) {
  const mark = marks.get(reference);
  if (mark === undefined) return;
  map.getContainer().scrollIntoView({ block: "nearest" });
  clusters.zoomToShowLayer(mark, () => {
    mark.openPopup();
    focusPopup(mark);
  });
}

// Keyboard: a popup opened from a mark gets the focus, Esc gives it back.
/** @type {import("leaflet").Layer | null} */
let openedFrom = null;
map.on("popupopen", (event) => {
  openedFrom = /** @type {any} */ (event.popup)._source ?? null;
  const close = event.popup.getElement()?.querySelector(".leaflet-popup-close-button");
  close?.setAttribute("aria-label", say("close"));
  close?.removeAttribute("href");
  close?.setAttribute("href", "#street_map");
});

/** @param {import("leaflet").Marker} mark */
function focusPopup(mark) {
  const title = /** @type {HTMLElement | null | undefined} */ (mark.getPopup()?.getElement()?.querySelector(".popup__title"));
  if (!title) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

map.getContainer().addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || openedFrom === null) return;
  const mark = /** @type {import("leaflet").Marker} */ (openedFrom);
  openedFrom = null;
  map.closePopup();
  mark.getElement?.()?.focus();
});
map.getContainer().addEventListener("keyup", (event) => {
  if (event.key === "Enter" && openedFrom !== null && event.target === /** @type {any} */ (openedFrom)._icon) {
    focusPopup(/** @type {import("leaflet").Marker} */ (openedFrom));
  }
});

/** @param {Work[]} found */
function showWorks(found) {
  const shown = layerSwitch("works").checked;
  clusters.removeLayers(workMarks.getLayers());
  workShapes.clearLayers();
  workMarks.clearLayers();
  for (const work of found) {
    const { startsOn, endsOn, hindrance } = work.properties;
    const title = typeof work.properties.title === "string" ? work.properties.title : work.properties.title?.[language] ?? "";
    const shape = L.geoJSON(/** @type {any} */ (work.geometry), {
      // A road is a line: filled, it would seem to take in the fields beside it.
      style: (feature) => ({ className: "map-work", weight: 5, fill: feature?.geometry.type.endsWith("Polygon") ?? false }),
      pointToLayer: (_, at) => L.circleMarker(at, { radius: 1, className: "map-work", interactive: false }),
    });
    const content = () => popup(title, made("p", "tag", icon("work"), ` ${say("work")}`), factList([
      [say("from"), dayInWords(startsOn)],
      [say("until"), dayInWords(endsOn)],
      [say("hindrance"), settings.hindrances[hindrance] ?? hindrance],
    ]));
    const mark = L.marker(middleOf(shape), { icon: workIcon(say("workMarker", { title })) });
    mark.bindPopup(content, { maxWidth: 300, minWidth: 220 });
    workShapes.addLayer(shape);
    workMarks.addLayer(mark);
  }
  if (shown) clusters.addLayers(workMarks.getLayers());
}

/** The middle of a line lies on it, not beside it. @param {import("leaflet").GeoJSON} shape */
function middleOf(shape) {
  const layer = shape.getLayers()[0];
  if (layer instanceof L.Polyline && !(layer instanceof L.Polygon)) {
    const line = layer.getLatLngs().flat(3);
    const middle = line[Math.floor(line.length / 2)];
    const before = line[Math.floor(line.length / 2) - 1];
    if (middle && before && line.length % 2 === 0) return L.latLng((middle.lat + before.lat) / 2, (middle.lng + before.lng) / 2);
    if (middle) return middle;
  }
  return shape.getBounds().getCenter();
}

/** Something the server keeps a version of: asked again and again, sent only when it changed. */
class Watched {
  /** @param {string} address @param {(features: any[], same: boolean) => void} use */
  constructor(address, use) {
    this.address = address;
    this.use = use;
    this.version = "";
    this.asked = "";
  }

  /** @param {string} query */
  async ask(query) {
    const whole = `${this.address}?${query}`;
    const same = whole === this.asked;
    /** @type {Record<string, string>} */
    const headers = same && this.version ? { "If-None-Match": this.version } : {};
    const answer = await fetch(whole, { headers, cache: "no-store" });
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const { features } = await answer.json();
    this.version = answer.headers.get("ETag") ?? "";
    this.asked = whole;
    this.use(features, same);
  }
}

const watchedCases = new Watched(settings.casesUrl, update);
const watchedWorks = new Watched(settings.worksUrl, showWorks);

/** Cases round the view, wider than it, so that small moves ask nothing. @type {import("leaflet").LatLngBounds | null} */
let covered = null;

function box() {
  if (covered === null || !covered.contains(map.getBounds())) covered = map.getBounds().pad(0.6);
  const round = (/** @type {number} */ degrees) => degrees.toFixed(3);
  return [covered.getWest(), covered.getSouth(), covered.getEast(), covered.getNorth()].map(round).join(",");
}

function query() {
  const asked = new URLSearchParams({ bbox: box() });
  if (filter !== null) {
    for (const [name, value] of new FormData(filter)) if (value && ["category", "status"].includes(name)) asked.append(name, String(value));
  }
  return asked.toString();
}

let timer = 0;
let wait = ASK_EVERY_MS;
let asking = false;
let failed = false;

async function refresh() {
  clearTimeout(timer);
  if (asking) {
    timer = window.setTimeout(refresh, 100);
    return;
  }
  asking = true;
  try {
    await Promise.all([watchedCases.ask(query()), watchedWorks.ask("")]);
    if (failed) news.textContent = say("back");
    failed = false;
    wait = ASK_EVERY_MS;
  } catch {
    if (!failed) news.textContent = say("away");
    failed = true;
    wait = Math.min(wait * 2, SLOWEST_MS);
  } finally {
    asking = false;
    schedule();
  }
}

function schedule() {
  clearTimeout(timer);
  if (!document.hidden && liveSwitch.checked) timer = window.setTimeout(refresh, wait);
}

liveSwitch.addEventListener("change", () => (liveSwitch.checked ? void refresh() : clearTimeout(timer)));
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : void (liveSwitch.checked && refresh())));
map.on("moveend", () => {
  showList();
  if (covered !== null && !covered.contains(map.getBounds())) void refresh();
});

/** @param {"cases" | "works"} layer */
function layerSwitch(layer) {
  return /** @type {HTMLInputElement} */ (document.querySelector(`[data-layer="${layer}"]`));
}
layerSwitch("cases").addEventListener("change", ({ target }) => {
  const caseMarks = [...marks.values()];
  if (/** @type {HTMLInputElement} */ (target).checked) clusters.addLayers(caseMarks);
  else clusters.removeLayers(caseMarks);
});
layerSwitch("works").addEventListener("change", ({ target }) => {
  if (/** @type {HTMLInputElement} */ (target).checked) {
    clusters.addLayers(workMarks.getLayers());
    map.addLayer(workShapes);
  } else {
    clusters.removeLayers(workMarks.getLayers());
    map.removeLayer(workShapes);
  }
});

filter?.addEventListener("change", () => {
  const kept = new URLSearchParams();
  for (const [name, value] of new FormData(filter)) if (value) kept.append(name, String(value));
  history.replaceState(null, "", kept.size > 0 ? `?${kept}` : location.pathname);
  news.textContent = "";
  void refresh();
});
filter?.addEventListener("submit", (event) => {
  event.preventDefault();
  void refresh();
});

void refresh();

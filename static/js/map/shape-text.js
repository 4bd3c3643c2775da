// A drawn shape as the text of the form, and back: GeoJSON with parts and holes.

/** Longitude and latitude. @typedef {[number, number]} Corner */
/** A line round; while it is `open` it grows at its end. @typedef {{corners: Corner[], open: boolean}} Ring */
/** An outline, and the holes in it. @typedef {Ring[]} Part */

/** The text of what is drawn; nothing where no corner is. @param {Part[]} parts @returns {string} */
export function written(parts) {
  const kept = parts
    .filter((rings) => (rings[0]?.corners.length ?? 0) > 0)
    .map((rings) => rings.filter(({ corners }) => corners.length > 0).map(({ corners }) => [...corners, corners[0]]));
  return kept.length === 0 ? "" : JSON.stringify({ type: "MultiPolygon", coordinates: kept });
}

/** What a text draws; throws where it is no shape. @param {string} text @returns {Part[]} */
export function partsIn(text) {
  const held = JSON.parse(text);
  const geometry = held.features?.[0]?.geometry ?? held.geometry ?? held;
  /** @type {Corner[][][]} */
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const parts = polygons.map((rings) => rings.map(ringOf));
  if (parts.length === 0 || parts.some((rings) => rings.length === 0)) throw new TypeError("no outline");
  return parts;
}

/** @param {Corner[]} corners @returns {Ring} */
function ringOf(corners) {
  const last = corners.at(-1);
  const isRound = corners.length > 1 && last?.[0] === corners[0]?.[0] && last?.[1] === corners[0]?.[1];
  const own = (isRound ? corners.slice(0, -1) : corners).map(([longitude, latitude]) => /** @type {Corner} */ ([longitude, latitude]));
  if (!own.every((corner) => corner.every(Number.isFinite))) throw new TypeError("no corner");
  return { corners: own, open: own.length < 3 };
}

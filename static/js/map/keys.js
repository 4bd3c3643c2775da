// Arrow keys on a map, where a step is smaller than Leaflet's own: that one is made for looking round.

/**
 * Return how far an arrow moves, in pixels to the right and down; nothing for any other key.
 * @param {string} key @param {number} step @returns {import("leaflet").PointTuple | undefined}
 */
export function arrow(key, step) {
  /** @type {Record<string, import("leaflet").PointTuple>} */
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  return moves[key];
}

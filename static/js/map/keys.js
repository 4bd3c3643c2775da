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

/**
 * Let arrow keys move the map below its cross, and + and - zoom; `moved` is told before it moves.
 * @param {import("leaflet").Map} map @param {number} step in pixels; eight of them with Shift @param {() => void} moved
 */
export function steerByKeys(map, step, moved) {
  const container = map.getContainer();
  map.keyboard.disable();
  container.tabIndex = 0;
  container.addEventListener("keydown", (event) => {
    if (event.target !== container || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = arrow(event.key, event.shiftKey ? step * 8 : step);
    if (move) {
      moved();
      map.panBy(move, { animate: false });
    } else if (event.key === "+" || event.key === "=") map.zoomIn();
    else if (event.key === "-") map.zoomOut();
    else return;
    event.preventDefault();
  });
}

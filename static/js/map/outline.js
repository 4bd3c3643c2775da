// What can be said of an outline while it is drawn: how large it is, and whether it crosses itself.

/** Metres of the equator's radius in WGS 84, and how much the earth is not round. */
const RADIUS = 6_378_137;
const FLATTENING = 1 / 298.257_223_563;
const ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING));
/** Above this every step would be felt; the server looks at all of it afterwards. */
const MOST_CORNERS = 400;

/** How much of the earth lies below a latitude, as a measure that keeps sizes. @param {number} sine of the latitude */
function measureBelow(sine) {
  const part = ECCENTRICITY * sine;
  return (1 - ECCENTRICITY ** 2) * (sine / (1 - part ** 2) - Math.log((1 - part) / (1 + part)) / (2 * ECCENTRICITY));
}

/** The size of an outline on the ellipsoid, as the server measures it. @param {[number, number][]} corners */
export function squareMetres(corners) {
  const turn = Math.PI / 180;
  const sum = corners.reduce((all, [longitude, latitude], place) => {
    const [next, nextLatitude] = corners[(place + 1) % corners.length] ?? [longitude, latitude];
    return all + (next - longitude) * turn * (measureBelow(Math.sin(latitude * turn)) + measureBelow(Math.sin(nextLatitude * turn)));
  }, 0);
  return Math.abs((sum * RADIUS * RADIUS) / 4);
}

/** @param {[number, number][]} corners */
export function crossesItself(corners) {
  const count = corners.length;
  if (count < 4 || count > MOST_CORNERS) return false;
  for (let one = 0; one < count; one += 1) {
    for (let other = one + 2; other < count; other += 1) {
      // The last side meets the first one.
      if (one === 0 && other === count - 1) continue;
      if (cross(corner(corners, one), corner(corners, one + 1), corner(corners, other), corner(corners, other + 1))) return true;
    }
  }
  return false;
}

/** @param {[number, number][]} corners @param {number} place @returns {[number, number]} */
const corner = (corners, place) => /** @type {[number, number]} */ (corners[place % corners.length]);

/** On which side of a line a point lies. @param {number[]} from @param {number[]} to @param {number[]} point */
const side = ([x = 0, y = 0], [toX = 0, toY = 0], [ofX = 0, ofY = 0]) => Math.sign((toX - x) * (ofY - y) - (toY - y) * (ofX - x));

/** @param {number[]} one @param {number[]} oneEnd @param {number[]} other @param {number[]} otherEnd */
const cross = (one, oneEnd, other, otherEnd) =>
  side(one, oneEnd, other) * side(one, oneEnd, otherEnd) < 0 && side(other, otherEnd, one) * side(other, otherEnd, oneEnd) < 0;

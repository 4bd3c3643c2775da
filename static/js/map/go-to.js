// An address, or two numbers, moves the cross of a map there.
import { made, map, say, settings } from "./street-map.js";

/** Without zooming in, a corner would be a street off. */
export const STREET = 16;

/**
 * @param {<T extends HTMLElement>(name: string) => T} part gives the parts of the page: `go-to`, `go`, `found`
 * @param {(key: string, values?: Record<string, string | number>) => void} tell says what became of it
 * @param {HTMLElement} news where that is read; it is shown where nothing was found
 */
export function goToPlaces(part, tell, news) {
  const goTo = /** @type {HTMLInputElement} */ (part("go-to"));
  const found = part("found");
  part("go").addEventListener("click", () => void go());
  goTo.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    void go();
  });

  async function go() {
    const typed = goTo.value.trim();
    found.hidden = true;
    const pair = /^(-?\d+(?:[.,]\d+)?)[\s;,]+(-?\d+(?:[.,]\d+)?)$/.exec(typed);
    if (pair) {
      const [one = 0, other = 0] = pair.slice(1).map((number) => Number(number.replace(",", ".")));
      // In the Netherlands a latitude is 50 to 54 and a longitude 3 to 8: either may come first.
      const [longitude, latitude] = one >= 50 && one <= 54 ? [other, one] : [one, other];
      if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) tell("notFound");
      else goThere(longitude, latitude, typed);
      return;
    }
    if (typed === "") return;
    const address = new URL(settings.addressesUrl, location.href);
    address.searchParams.set("q", typed);
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    const { addresses, away } = answer?.ok ? await answer.json().catch(() => ({ addresses: [], away: true })) : { addresses: [], away: true };
    if (addresses.length === 0) {
      tell(away ? "away" : "notFound");
      news.classList.remove("visually-hidden");
      return;
    }
    if (addresses.length === 1) {
      goThere(addresses[0].longitude, addresses[0].latitude, addresses[0].label);
      return;
    }
    found.replaceChildren(...addresses.map((/** @type {{label: string, longitude: number, latitude: number}} */ one) => {
      const choice = made("button", "utrecht-button utrecht-button--subtle", one.label);
      choice.type = "button";
      choice.addEventListener("click", () => goThere(one.longitude, one.latitude, one.label));
      return made("li", "", choice);
    }));
    found.hidden = false;
    found.querySelector("button")?.focus();
  }

  /** @param {number} longitude @param {number} latitude @param {string} label */
  function goThere(longitude, latitude, label) {
    found.hidden = true;
    news.classList.add("visually-hidden");
    map.setView([latitude, longitude], Math.max(map.getZoom(), STREET), { animate: false });
    tell("went", { place: label });
    map.getContainer().focus();
  }
}

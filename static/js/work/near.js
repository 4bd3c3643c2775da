// A crew's list, the nearest first: the phone's location is asked for by a button and goes into
// the address of the list alone. Ten minutes long the list stays near when one comes back to it.

const KEPT_MILLISECONDS = 10 * 60 * 1000;
const KEPT_AS = "straatbeeld-near";

const place = document.querySelector("[data-near]");
const news = document.querySelector("[data-near-news]");

/** @param {string | undefined} words */
const say = (words) => {
  if (news !== null) news.textContent = words ?? "";
};

if (place instanceof HTMLElement && "geolocation" in navigator) {
  place.hidden = false;
  const button = place.querySelector("button");
  button?.addEventListener("click", () => {
    say(place.dataset.asking);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        // Four decimals are ten metres: near enough for an order.
        const asked = new URLSearchParams({ lon: coords.longitude.toFixed(4), lat: coords.latitude.toFixed(4) });
        sessionStorage.setItem(KEPT_AS, JSON.stringify({ asked: asked.toString(), at: Date.now() }));
        location.assign(`/werk?${asked}`);
      },
      () => say(place.dataset.failed),
      { enableHighAccuracy: true, maximumAge: 60_000, timeout: 10_000 },
    );
  });
}

// Coming back from a task finds the order one had; asking for the most urgent forgets it.
for (const link of document.querySelectorAll("a.work-link")) {
  link.addEventListener("click", () => sessionStorage.removeItem(KEPT_AS));
}
if (location.search === "") {
  const kept = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "null");
  if (kept !== null && Date.now() - kept.at < KEPT_MILLISECONDS) location.replace(`/werk?${kept.asked}`);
}

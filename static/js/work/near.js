// A crew's list from where the phone is: its location is asked for by a button and goes into the
// address of the list alone. Ten minutes long the list stays so when one comes back to it.

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
        const address = new URLSearchParams(location.search);
        for (const [name, value] of asked) address.set(name, value);
        address.delete("page");
        location.assign(`/werk?${address}`);
      },
      () => say(place.dataset.failed),
      { enableHighAccuracy: true, maximumAge: 60_000, timeout: 10_000 },
    );
  });
}

// Coming back from a task finds the order one had; asking for none forgets it.
for (const link of document.querySelectorAll("a[data-near-forget]")) {
  link.addEventListener("click", () => sessionStorage.removeItem(KEPT_AS));
}
// What the page says of a step just taken stays to be read: it would not be said a second time.
if (location.search === "" && document.querySelector("main .notice") === null) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "null");
  if (kept !== null && Date.now() - kept.at < KEPT_MILLISECONDS) location.replace(`/werk?${kept.asked}`);
}

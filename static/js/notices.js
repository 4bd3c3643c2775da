// Keeps the number of notices in the menu up to date, and says when there are more.
export {};

const link = document.querySelector("[data-notices]");
const badge = link?.querySelector(".count");
const told = document.getElementById("notices-told");
const EVERY_MS = 30_000;
const SLOWEST_MS = 300_000;
const title = document.title;

/** @type {string | null} */
let newest = null;
let wait = EVERY_MS;
let isFirst = true;

async function ask() {
  if (document.hidden || !(badge instanceof HTMLElement)) return;
  const answer = await fetch("/berichten/stand", { headers: { Accept: "application/json" } });
  if (answer.status === 401 || answer.status === 403) {
    // The sign-in is over: whoever comes back signs in with the next page.
    wait = Infinity;
    return;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const standing = /** @type {{ unseen: number, shown: string, words: string, newest: string | null }} */ (await answer.json());
  badge.hidden = standing.unseen === 0;
  badge.textContent = standing.shown;
  link?.setAttribute("aria-label", [link.getAttribute("data-notices"), standing.words].filter(Boolean).join(", "));
  document.title = standing.unseen > 0 ? `(${standing.shown}) ${title}` : title;
  const isNewer = standing.newest !== null && (newest === null || standing.newest > newest);
  // What stood there already when the page came is not news.
  if (!isFirst && isNewer && told !== null) told.textContent = standing.words;
  if (standing.newest !== null) newest = standing.newest;
  isFirst = false;
}

async function goOn() {
  try {
    await ask();
    if (wait !== Infinity) wait = EVERY_MS;
  } catch {
    wait = Math.min(wait * 2, SLOWEST_MS);
  }
  if (wait !== Infinity) setTimeout(goOn, wait);
}

if (badge instanceof HTMLElement) {
  void goOn();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && wait !== Infinity) ask().catch(() => {});
  });
}

// Taking a call: what is known follows what is typed, every field has a key, and nothing typed is lost.
import { proposePlaces } from "../proposed-places.js";

const PAUSE_WHILE_TYPING_MS = 300;
const PAUSE_AFTER_A_CHOICE_MS = 40;

const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-call]"));
const news = /** @type {HTMLElement} */ (form.querySelector("[data-news]"));
const words = /** @type {HTMLTextAreaElement} */ (form.querySelector("#words"));
const address = /** @type {HTMLInputElement} */ (form.querySelector("#address"));

/** The kind follows the words until somebody chooses one. */
let follows = form.querySelector("input[name=category]:checked") === null;
/** What each part of the page was last told, so that what did not change stays as it is. @type {Map<string, string>} */
const told = new Map();
let pause = 0;
/** @type {AbortController | null} */
let question = null;

/** @param {number} after */
function lookSoon(after) {
  clearTimeout(pause);
  // An answer to what was filled in before must not undo what is chosen now.
  question?.abort();
  pause = window.setTimeout(() => void look(), after);
}

/** @param {{isLeaving?: boolean}} [how] */
async function look({ isLeaving = false } = {}) {
  clearTimeout(pause);
  const mine = (question = new AbortController());
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  body.set("follows", follows ? "yes" : "no");
  if (document.activeElement === address) body.set("typing", "place");
  const place = address.value;
  const answer = await fetch(form.dataset.look ?? "", {
    method: "POST", body, signal: isLeaving ? null : mine.signal, keepalive: isLeaving, headers: { Accept: "application/json" },
  }).catch(() => null);
  if (mine !== question || isLeaving || mine.signal.aborted) return;
  if (answer === null || !answer.ok) {
    tellTrouble(answer);
    return;
  }
  if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) return;
  const found = await answer.json().catch(() => null);
  if (found === null || mine !== question || mine.signal.aborted) return;
  if (address.value === place && document.activeElement !== address) {
    address.value = found.address;
    for (const [name, value] of Object.entries(found.fields)) fill(name, /** @type {string} */ (value));
  }
  for (const [region, html] of Object.entries(found.regions)) show(region, /** @type {string} */ (html));
  if (news.textContent !== found.news) news.textContent = found.news;
}

/** Put a part of the page in place; whoever types in it is not disturbed. @param {string} region @param {string} html */
function show(region, html) {
  const box = document.querySelector(`[data-region="${region}"]`);
  if (box === null || told.get(region) === html) return;
  const active = document.activeElement;
  const isInside = active !== null && box.contains(active);
  if (isInside && active.matches("select, textarea, input:not([type=radio], [type=checkbox])")) return;
  told.set(region, html);
  box.innerHTML = html;
  if (isInside && active.id !== "") document.getElementById(active.id)?.focus();
}

/** @param {Response | null} answer */
function tellTrouble(answer) {
  if (answer !== null && answer.status === 401) {
    const link = document.createElement("a");
    link.href = form.dataset.signInUrl ?? "";
    link.textContent = form.dataset.signIn ?? "";
    news.replaceChildren(`${form.dataset.signedOut} `, link);
  } else news.textContent = form.dataset.failed ?? "";
}

/** @param {string} name @param {string} value */
function fill(name, value) {
  const hidden = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[type=hidden][name="${name}"]`));
  if (hidden !== null) hidden.value = value;
}

words.addEventListener("input", () => lookSoon(PAUSE_WHILE_TYPING_MS));
// Somebody may type before this script has come.
if (words.value !== words.defaultValue) lookSoon(0);
form.addEventListener("change", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (field.name === "category" || field.name === "all") {
    follows = false;
    const list = /** @type {HTMLSelectElement} */ (form.querySelector("#all"));
    // What was chosen last is meant.
    if (field.name === "category") list.value = "";
    else if (list.value !== "") for (const one of radios("category")) one.checked = false;
  }
  lookSoon(PAUSE_AFTER_A_CHOICE_MS);
});
// The frame lets a form be sent once; the part that is on its way then must not come after it.
form.addEventListener("submit", () => {
  clearTimeout(pause);
  question?.abort();
});
addEventListener("pagehide", () => { if (!form.hasAttribute("data-sent") && words.value !== "") void look({ isLeaving: true }); });

proposePlaces(/** @type {HTMLElement} */ (form.querySelector("[data-place]")), {
  changed: () => {
    for (const name of ["proposal", "longitude", "latitude", "asset"]) fill(name, "");
    for (const name of ["pointed", "rough"]) fill(name, "no");
  },
  chosen: (place) => {
    fill("proposal", place.label);
    fill("longitude", place.longitude.toFixed(6));
    fill("latitude", place.latitude.toFixed(6));
    fill("asset", place.asset ?? "");
    lookSoon(0);
  },
  takesFirst: true,
});

// The map was moved: the place is what lies below its cross, and is called by the nearest address.
form.addEventListener("point:chosen", (event) => {
  const { longitude, latitude } = /** @type {CustomEvent<{longitude: number, latitude: number}>} */ (event).detail;
  fill("longitude", longitude.toFixed(6));
  fill("latitude", latitude.toFixed(6));
  for (const name of ["proposal", "asset"]) fill(name, "");
  fill("pointed", "yes");
  fill("rough", "no");
  address.value = "";
  lookSoon(PAUSE_WHILE_TYPING_MS);
});

/** @param {string} name @returns {HTMLInputElement[]} */
const radios = (name) => [...form.querySelectorAll(`input[type=radio][name="${CSS.escape(name)}"]`)].map((one) => /** @type {HTMLInputElement} */ (one));

/** @param {HTMLInputElement | undefined} radio */
function choose(radio) {
  if (radio === undefined) return;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Where a group of choices is entered: at what is chosen, else at the first. @param {string} name */
function enter(name) {
  const group = radios(name);
  (group.find((one) => one.checked) ?? group[0])?.focus();
}

/** Go to what comes next on the way of a call. @param {Element} from */
function goOn(from) {
  const every = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button")];
  const name = from.getAttribute("name");
  const here = every.indexOf(from);
  const next = every.slice(here + 1).find((one) => {
    if (one.matches("[type=radio]") && one.getAttribute("name") === name) return false;
    // The list of all kinds is for when none of those proposed is it.
    if (name === "category" && one.getAttribute("name") === "all") return false;
    return /** @type {HTMLElement} */ (one).offsetParent !== null;
  });
  if (next?.matches("[type=radio]")) enter(next.getAttribute("name") ?? "");
  else if (next instanceof HTMLElement) next.focus();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  KeyM: () => words.focus(),
  KeyS: () => (radios("category").length > 0 ? enter("category") : /** @type {HTMLElement} */ (form.querySelector("#all")).focus()),
  KeyP: () => address.focus(),
  KeyK: () => {
    const box = /** @type {HTMLDetailsElement | null} */ (form.querySelector("[data-point]"));
    // It goes to the map when it opens.
    if (box !== null) box.open = !box.open;
    if (box?.open === false) box.querySelector("summary")?.focus();
  },
  KeyJ: () => choose(radios("same")[0]),
  KeyB: () => /** @type {HTMLElement} */ (form.querySelector("#name")).focus(),
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const field = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(/** @type {HTMLButtonElement} */ (form.querySelector("button[value=aannemen]")));
    return;
  }
  const does = event.altKey && !event.ctrlKey && !event.metaKey ? KEYS[event.code] : undefined;
  if (does !== undefined) {
    event.preventDefault();
    does();
    return;
  }
  if (!(field instanceof HTMLInputElement) || event.altKey || event.ctrlKey || event.metaKey || field.form !== form) return;
  if (event.key === "Enter") {
    // Enter would hand in or look before the call is over; here it goes on to the next field.
    event.preventDefault();
    goOn(field);
  } else if (field.type === "radio" && (field.name === "category" || field.name === "same") && /^[0-9]$/.test(event.key)) {
    const group = radios(field.name);
    const which = event.key === "0" ? group.find((one) => one.id === "same-none") : group.filter((one) => one.id !== "same-none")[Number(event.key) - 1];
    if (which === undefined) return;
    event.preventDefault();
    choose(which);
  }
});

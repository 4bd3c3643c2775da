// What the report form does better with scripts: focus on the step, keeping what is typed, proposals of addresses.

import { proposePlaces } from "./proposed-places.js";

const PAUSE_BEFORE_KEEPING_MS = 1500;

const heading = document.querySelector("[data-step-heading]");
const isBusy = document.activeElement !== null && document.activeElement !== document.body;
// Somebody who is typing already keeps the focus.
if (heading instanceof HTMLElement && !isBusy && document.getElementById("error-summary") === null && location.hash === "") {
  heading.focus({ preventScroll: true });
}

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-report-form]"));

/** The fields people type in. @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
const written = document.querySelectorAll(
  "form[data-report-form] textarea, form[data-report-form] input:is([type=text], [type=email], [type=tel])",
);

if (form !== null && written.length > 0) keepWhatIsTyped(form);
if (form !== null) stayWithoutConnection(form);

/** Without a connection the browser would leave the page for one that says so. @param {HTMLFormElement} form */
function stayWithoutConnection(form) {
  const news = document.createElement("p");
  news.className = "no-connection";
  news.setAttribute("role", "alert");
  form.querySelector(".buttons")?.before(news);
  const hush = () => { news.textContent = ""; };
  // Before anything else takes the form for sent.
  addEventListener("submit", (event) => {
    if (event.target !== form || navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    hush();
    // Said anew each time it is tried.
    setTimeout(() => { news.textContent = form.dataset.offline ?? ""; }, 50);
  }, true);
  addEventListener("online", hush);
}

/** @param {HTMLFormElement} form */
function keepWhatIsTyped(form) {
  let pause = 0;
  let isChanged = false;

  /** @param {boolean} isLeaving */
  async function keep(isLeaving) {
    clearTimeout(pause);
    if (!isChanged) return;
    isChanged = false;
    const body = new URLSearchParams();
    for (const name of ["csrf_token", "draft"]) body.set(name, field(form, name)?.value ?? "");
    for (const element of written) body.set(element.name, element.value);
    // A failure is no matter: the form itself brings everything once more.
    await fetch("/melden/bewaren", { method: "POST", body, headers: { Accept: "application/json" }, keepalive: isLeaving }).catch(() => null);
  }

  function keepSoon() {
    isChanged = true;
    clearTimeout(pause);
    pause = window.setTimeout(() => void keep(false), PAUSE_BEFORE_KEEPING_MS);
  }

  form.addEventListener("input", (event) => {
    if ([...written].some((element) => element === event.target)) keepSoon();
  });
  // Somebody may type before this script has come.
  if ([...written].some((element) => element.value !== element.defaultValue)) keepSoon();
  form.addEventListener("submit", () => {
    // With photos the form may be too large to arrive, and the words must not be lost with it.
    const brings = [...form.querySelectorAll("input[type=file]")].some((input) => (/** @type {HTMLInputElement} */ (input).files?.length ?? 0) > 0);
    if (brings) void keep(true);
    isChanged = false;
    clearTimeout(pause);
  });
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void keep(true);
  });
  addEventListener("pagehide", () => void keep(true));
  for (const link of document.querySelectorAll(".language a, .step-back a")) {
    link.addEventListener("click", (event) => {
      if (!isChanged || !(event instanceof MouseEvent) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void keep(true).then(() => location.assign(/** @type {HTMLAnchorElement} */ (link).href));
    });
  }
}

// Who takes a kind from the whole list means that one.
const all = /** @type {HTMLSelectElement | null} */ (document.querySelector("select[name=all]"));
all?.addEventListener("change", () => {
  if (all.value === "") return;
  for (const choice of document.querySelectorAll("input[name=category]")) /** @type {HTMLInputElement} */ (choice).checked = false;
});
for (const choice of document.querySelectorAll("input[name=category]")) {
  choice.addEventListener("change", () => { if (all !== null) all.value = ""; });
}

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-address]"));
if (box !== null && form !== null) proposeAddresses(box, form);

/** @param {HTMLElement} box @param {HTMLFormElement} form */
function proposeAddresses(box, form) {
  /** @param {string} name @param {string} value */
  function fill(name, value) {
    const hidden = field(form, name);
    if (hidden !== null) hidden.value = value;
  }

  // The map's script fills these in; from then on the words only say more about the spot.
  for (const name of ["longitude", "latitude"]) {
    field(form, name)?.addEventListener("change", () => { box.dataset.pointed = "yes"; });
  }

  proposePlaces(box, {
    changed: () => {
      fill("proposal", "");
      // The spot belonged to the address that is being changed.
      if (box.dataset.pointed !== "yes") for (const name of ["longitude", "latitude", "asset"]) fill(name, "");
    },
    chosen: ({ label, longitude, latitude }) => {
      fill("proposal", label);
      fill("longitude", longitude.toFixed(6));
      fill("latitude", latitude.toFixed(6));
      fill("accuracy", "");
      box.dataset.pointed = "no";
      form.dispatchEvent(new CustomEvent("place:chosen", { detail: { longitude, latitude } }));
    },
  });
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="${name}"]`));
}

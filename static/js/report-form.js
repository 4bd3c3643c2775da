// What the report form does better with scripts: focus on the step, keeping what is typed, proposals of addresses.

const PAUSE_BEFORE_ASKING_MS = 250;
const PAUSE_BEFORE_KEEPING_MS = 1500;
const SHORTEST_QUESTION = 3;

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

/** @typedef {{label: string, longitude: number, latitude: number}} Address */

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-address]"));
if (box !== null && form !== null) proposeAddresses(box, form);

/** @param {HTMLElement} box @param {HTMLFormElement} form */
function proposeAddresses(box, form) {
  const input = /** @type {HTMLInputElement} */ (box.querySelector("input"));
  const list = document.createElement("ul");
  list.className = "proposals";
  list.id = "proposals";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.list ?? "");
  const news = document.createElement("p");
  news.className = "visually-hidden";
  news.setAttribute("role", "status");
  box.append(list, news);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) {
    input.setAttribute(name, value);
  }

  /** @type {Address[]} */
  let found = [];
  let marked = -1;
  let pause = 0;
  /** @type {AbortController | null} */
  let question = null;

  /** @param {boolean} isOpen */
  function show(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) mark(-1);
  }

  /** @param {number} place */
  function mark(place) {
    marked = place;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    const option = list.children[place];
    if (option === undefined) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    clearTimeout(pause);
    question?.abort();
    show(false);
  }

  /** Ask; an answer to what is no longer typed is thrown away. @param {string} text */
  async function ask(text) {
    const mine = (question = new AbortController());
    const address = new URL(box?.dataset.url ?? "", location.href);
    address.searchParams.set("q", text);
    const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== question) return;
    const isAnswer = answer !== null && answer.ok;
    const { addresses, away } = isAnswer ? await answer.json().catch(() => ({ addresses: [], away: true })) : { addresses: [], away: true };
    if (mine !== question || input.value.trim() !== text) return;
    found = addresses;
    list.replaceChildren(...found.map((one, at) => {
      const option = document.createElement("li");
      option.id = `proposal-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = one.label;
      // Before the field loses the focus.
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(one));
      return option;
    }));
    show(found.length > 0);
    mark(-1);
    const many = found.length === 1 ? box?.dataset.one : box?.dataset.many?.replace("{count}", String(found.length));
    news.textContent = (away ? box?.dataset.away : found.length === 0 ? box?.dataset.none : many) ?? "";
    // Who sees the screen does not miss a list that is not there; a service that is away they do.
    news.classList.toggle("visually-hidden", !away);
  }

  /** @param {Address} address */
  function choose(address) {
    input.value = address.label;
    fill("proposal", address.label);
    fill("longitude", address.longitude.toFixed(6));
    fill("latitude", address.latitude.toFixed(6));
    fill("accuracy", "");
    if (box !== null) box.dataset.pointed = "no";
    close();
    form.dispatchEvent(new CustomEvent("place:chosen", { detail: { longitude: address.longitude, latitude: address.latitude } }));
  }

  /** @param {string} name @param {string} value */
  function fill(name, value) {
    const hidden = field(form, name);
    if (hidden !== null) hidden.value = value;
  }

  // The map's script fills these in; from then on the words only say more about the spot.
  for (const name of ["longitude", "latitude"]) {
    field(form, name)?.addEventListener("change", () => { box.dataset.pointed = "yes"; });
  }

  function askSoon() {
    clearTimeout(pause);
    question?.abort();
    question = null;
    fill("proposal", "");
    if (box.dataset.pointed !== "yes") {
      // The spot belonged to the address that is being changed.
      for (const name of ["longitude", "latitude", "asset"]) fill(name, "");
    }
    const text = input.value.trim();
    if (text.length < SHORTEST_QUESTION) {
      show(false);
      return;
    }
    pause = window.setTimeout(() => void ask(text), PAUSE_BEFORE_ASKING_MS);
  }

  input.addEventListener("input", askSoon);
  // Somebody may type before this script has come.
  if (document.activeElement === input && input.value !== input.defaultValue) askSoon();
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (list.hidden || found.length === 0) return;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(marked === -1 && step === -1 ? found.length - 1 : (marked + step + found.length) % found.length);
    } else if (event.key === "Enter" && marked >= 0) {
      event.preventDefault();
      const chosen = found[marked];
      if (chosen !== undefined) choose(chosen);
    }
  });
  input.addEventListener("blur", close);
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="${name}"]`));
}

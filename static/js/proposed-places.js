// Places proposed for what is typed: a list that the arrows walk and Enter chooses from; the field keeps the focus.

const PAUSE_BEFORE_ASKING_MS = 250;
const SHORTEST_QUESTION = 3;

/** @typedef {{label: string, longitude: number, latitude: number, asset?: string}} Place */

/**
 * `takesFirst`: whoever presses Enter at once means the likeliest; without it only what the arrows marked is chosen.
 * @param {HTMLElement} box @param {{changed: () => void, chosen: (place: Place) => void, takesFirst?: boolean}} tell
 */
export function proposePlaces(box, tell) {
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

  /** @type {Place[]} */
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
    const asked = new URL(box.dataset.url ?? "", location.href);
    asked.searchParams.set("q", text);
    const answer = await fetch(asked, { signal: mine.signal, headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== question || mine.signal.aborted) return;
    const nobody = { addresses: [], away: true };
    const { addresses, away } = answer !== null && answer.ok ? await answer.json().catch(() => nobody) : nobody;
    if (mine !== question || mine.signal.aborted || input.value.trim() !== text) return;
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
    show(found.length > 0 && document.activeElement === input);
    mark(-1);
    const said = found.length === 1 ? box.dataset.one : found.length >= Number(box.dataset.most) ? box.dataset.more : box.dataset.many;
    const many = said?.replace("{count}", String(found.length));
    news.textContent = (away ? box.dataset.away : found.length === 0 ? box.dataset.none : many) ?? "";
    // Who sees the screen does not miss a list that is not there; a service that is away they do.
    news.classList.toggle("visually-hidden", !away);
  }

  /** @param {Place} place */
  function choose(place) {
    input.value = place.label;
    close();
    tell.chosen(place);
  }

  function askSoon() {
    clearTimeout(pause);
    question?.abort();
    tell.changed();
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
    if (list.hidden || found.length === 0 || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(marked === -1 && step === -1 ? found.length - 1 : (marked + step + found.length) % found.length);
    } else if (event.key === "Enter" && (marked >= 0 || tell.takesFirst)) {
      event.preventDefault();
      const chosen = found[Math.max(marked, 0)];
      if (chosen !== undefined) choose(chosen);
    }
  });
  input.addEventListener("blur", close);
}

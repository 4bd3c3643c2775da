// Photos are sent while the form is being filled in: each at once, with progress, again, cancel and remove.

/** @typedef {{percent?: string, [key: string]: string | undefined}} Words */

const LARGEST_BYTES = 15 * 1024 * 1024;

/** One list of photos with its file input. */
class PhotoField {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.input = /** @type {HTMLInputElement} */ (box.querySelector("input[type=file]"));
    this.list = /** @type {HTMLElement} */ (box.querySelector(".photo-list"));
    this.news = /** @type {HTMLElement} */ (box.querySelector("[data-photo-news]"));
    /** @type {Words} */
    this.words = JSON.parse(box.dataset.words ?? "{}");
    this.uploadUrl = box.dataset.uploadUrl ?? "";
    this.most = Number(box.dataset.most ?? 5);
    /** Files that were not sent: they stay in the input, so that the form itself brings them.
     * @type {Map<HTMLElement, File>} */
    this.unsent = new Map();
    this.input.addEventListener("change", () => this.take([...(this.input.files ?? [])]));
    for (const row of this.list.children) this.makeKeptRemovable(/** @type {HTMLElement} */ (row));
    this.input.form?.addEventListener("submit", () => this.fillInput());
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  say(key, values = {}) {
    return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), this.words[key] ?? key);
  }

  /** @param {File[]} files */
  take(files) {
    const known = new Set(this.unsent.values());
    for (const file of files) {
      if (known.has(file)) continue;
      if (this.list.children.length >= this.most) {
        this.news.textContent = this.say("too_many", { most: this.most });
        this.news.classList.remove("visually-hidden");
        break;
      }
      this.add(file);
    }
    this.fillInput();
  }

  /** @param {File} file */
  add(file) {
    const row = document.createElement("li");
    row.className = "photo";
    const picture = document.createElement("img");
    picture.alt = "";
    picture.width = picture.height = 72;
    picture.src = URL.createObjectURL(file);
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    picture.addEventListener("error", () => {
      // A kind this browser cannot show (HEIC); it is sent all the same.
      const blank = document.createElement("span");
      blank.className = "photo__blank";
      picture.replaceWith(blank);
    });
    row.append(picture, made("span", "photo__name", file.name), made("span", "photo__state", this.say("waiting")), made("span", "photo__actions"));
    this.list.append(row);
    this.list.hidden = false;
    this.unsent.set(row, file);
    if (file.size > LARGEST_BYTES) this.fail(row, this.say("too_big"), false);
    else this.send(row, file);
  }

  /** @param {HTMLElement} row @param {File} file */
  send(row, file) {
    row.classList.remove("photo--failed");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", this.say("photo", { name: file.name }));
    const state = part(row, "photo__state");
    state.replaceChildren(this.say("sending", { percent: 0 }), bar);
    // fetch() cannot tell how far an upload is.
    const request = new XMLHttpRequest();
    request.open("POST", this.uploadUrl);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    if (this.box.dataset.csrf) request.setRequestHeader("X-CSRFToken", this.box.dataset.csrf);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.round((100 * event.loaded) / event.total);
      state.replaceChildren(this.say("sending", { percent: bar.value }), bar);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) this.sent(row, file, request.response ?? {});
      else this.fail(row, request.response?.detail ?? this.say("failed"), request.status >= 500 || request.status === 429);
    });
    request.addEventListener("error", () => this.fail(row, this.say("offline"), true));
    request.addEventListener("abort", () => this.drop(row));
    this.actions(row, file.name, { cancel: () => request.abort() });
    const body = new FormData();
    body.append("photo", file, file.name);
    request.send(body);
  }

  /** @param {HTMLElement} row @param {File} file @param {{id?: string, removeUrl?: string}} answer */
  sent(row, file, answer) {
    this.unsent.delete(row);
    part(row, "photo__state").textContent = this.say("sent");
    row.dataset.photoId = answer.id ?? "";
    if (answer.removeUrl) row.dataset.removeUrl = answer.removeUrl;
    this.news.textContent = `${this.say("photo", { name: file.name })}: ${this.say("sent")}`;
    this.actions(row, file.name, answer.removeUrl ? { remove: () => this.remove(row) } : {});
    this.fillInput();
  }

  /** @param {HTMLElement} row @param {string} why @param {boolean} again */
  fail(row, why, again) {
    const file = this.unsent.get(row);
    row.classList.add("photo--failed");
    part(row, "photo__state").textContent = why;
    this.news.textContent = `${this.say("photo", { name: file?.name ?? "" })}: ${why}`;
    if (file === undefined) return;
    this.actions(row, file.name, {
      ...(again ? { again: () => this.send(row, file) } : {}),
      remove: () => this.drop(row),
    });
  }

  /** @param {HTMLElement} row */
  async remove(row) {
    const address = row.dataset.removeUrl;
    if (address) {
      const headers = { Accept: "application/json", "X-CSRFToken": this.box.dataset.csrf ?? "" };
      const answer = await fetch(address, { method: "POST", headers }).catch(() => null);
      if (answer === null || !answer.ok) {
        part(row, "photo__state").textContent = this.say("offline");
        return;
      }
    }
    this.drop(row);
  }

  /** @param {HTMLElement} row */
  drop(row) {
    this.unsent.delete(row);
    row.remove();
    this.list.hidden = this.list.children.length === 0;
    this.fillInput();
    this.input.focus();
  }

  /** Keep in the input what was not sent, so that nothing is lost and nothing comes twice. */
  fillInput() {
    const left = new DataTransfer();
    for (const file of this.unsent.values()) if (file.size <= LARGEST_BYTES) left.items.add(file);
    this.input.files = left.files;
  }

  /** @param {HTMLElement} row @param {string} name @param {Record<string, () => void>} choices */
  actions(row, name, choices) {
    part(row, "photo__actions").replaceChildren(
      ...Object.entries(choices).map(([key, act]) => {
        const button = made("button", "utrecht-button utrecht-button--subtle", this.say(key));
        button.setAttribute("type", "button");
        button.append(made("span", "visually-hidden", ` ${name}`));
        button.addEventListener("click", act);
        return button;
      }),
    );
  }

  /** @param {HTMLElement} row */
  makeKeptRemovable(row) {
    const button = row.querySelector("button[formaction]");
    button?.addEventListener("click", (event) => {
      event.preventDefault();
      void this.remove(row);
    });
  }
}

/** @param {string} tag @param {string} className @param {string} [text] */
function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** @param {HTMLElement} row @param {string} className */
function part(row, className) {
  return /** @type {HTMLElement} */ (row.querySelector(`.${className}`));
}

for (const box of document.querySelectorAll("[data-with-photos]")) /** @type {HTMLElement} */ (box).hidden = false;
for (const box of document.querySelectorAll("[data-photos]")) new PhotoField(/** @type {HTMLElement} */ (box));

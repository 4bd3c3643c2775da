// A page with several forms: what was typed into the others comes back after one of them was sent.

const kept = `typed ${location.pathname}`;

/** @param {Element} one @returns {one is HTMLTextAreaElement | HTMLInputElement} */
const isText = (one) => one instanceof HTMLTextAreaElement || (one instanceof HTMLInputElement && one.type === "text");

const forms = [...document.querySelectorAll("main form[method=post]")].map((one) => /** @type {HTMLFormElement} */ (one));

for (const form of forms) {
  form.addEventListener("submit", () => {
    /** @type {Record<string, string>} */
    const typed = {};
    for (const other of forms) {
      if (other === form) continue;
      for (const one of other.elements) if (isText(one) && one.name !== "" && one.value !== one.defaultValue) typed[one.name] = one.value;
    }
    if (Object.keys(typed).length > 0) sessionStorage.setItem(kept, JSON.stringify(typed));
  });
}

const before = sessionStorage.getItem(kept);
if (before !== null) {
  sessionStorage.removeItem(kept);
  /** @type {Record<string, string>} */
  const typed = JSON.parse(before);
  for (const form of forms) {
    for (const one of form.elements) {
      if (!isText(one) || typed[one.name] === undefined || one.value !== "") continue;
      one.value = typed[one.name] ?? "";
      one.closest("details")?.setAttribute("open", "");
      one.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

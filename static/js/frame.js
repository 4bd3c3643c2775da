// What every page does a little better with scripts: focus on mistakes, counters, forms sent once.

const summary = document.querySelector("[data-focus-first]");
if (summary instanceof HTMLElement) summary.focus();

for (const element of document.querySelectorAll("textarea[data-most]")) {
  const area = /** @type {HTMLTextAreaElement} */ (element);
  const counter = document.getElementById(`${area.id}-counter`);
  if (counter === null) continue;
  const most = Number(area.dataset.most);
  const count = () => {
    // Counted as the server does: by code point, not by UTF-16 half.
    const left = most - [...area.value].length;
    const words = (left >= 0 ? counter.dataset.left : counter.dataset.over) ?? "{count}";
    counter.textContent = words.replace("{count}", String(Math.abs(left)));
    counter.classList.toggle("counter--over", left < 0);
  };
  area.addEventListener("input", count);
  count();
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent", "");
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
}

// Coming back with the browser's button must not find a form that rests.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    form.removeAttribute("data-sent");
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

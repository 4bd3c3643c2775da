// Ticks all cases of a list at once, and tells how many are ticked. Without it each is ticked by hand.
export {};

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-ticks]"));
const all = /** @type {HTMLInputElement | null} */ (form?.querySelector("[data-tick-all]"));
const told = /** @type {HTMLElement | null} */ (form?.querySelector("[data-tick-count]"));

if (form && all && told) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=zaak]")]);
  const words = told.dataset.tickCount ?? "";

  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    told.textContent = count > 0 ? words.replace("{count}", String(count)) : "";
  };

  all.closest("label")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("change", tell);
  // A browser that comes back keeps what was ticked.
  window.addEventListener("pageshow", tell);
}

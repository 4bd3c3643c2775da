// The form of a new question: of its fields, those that the chosen sort of question has.

/** @type {NodeListOf<HTMLInputElement>} */
const sorts = document.querySelectorAll('input[type="radio"][name="kind"]');
/** @type {NodeListOf<HTMLElement>} */
const parts = document.querySelectorAll("[data-sorts]");

function offer() {
  const chosen = [...sorts].find((sort) => sort.checked)?.value;
  for (const part of parts) {
    const isOfSort = chosen !== undefined && (part.dataset.sorts ?? "").split(" ").includes(chosen);
    part.hidden = !isOfSort;
    // What is not seen is not sent either; what was typed stays for whoever chooses back.
    for (const field of part.querySelectorAll("input")) field.disabled = !isOfSort;
  }
}

for (const told of document.querySelectorAll("[data-without-script]")) told.remove();
for (const sort of sorts) sort.addEventListener("change", offer);
// A browser that comes back fills in what was chosen after this ran.
addEventListener("pageshow", offer);
offer();

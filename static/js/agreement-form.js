// The form of an agreement: of the questions, those that the chosen kind of report is asked.

const kind = /** @type {HTMLSelectElement | null} */ (document.getElementById("category"));
const none = /** @type {HTMLElement | null} */ (document.querySelector("[data-answers-none]"));
/** @type {NodeListOf<HTMLFieldSetElement>} */
const questions = document.querySelectorAll("[data-answers] fieldset[data-categories]");

function offer() {
  let isAsked = false;
  for (const question of questions) {
    const categories = (question.dataset.categories ?? "").split(" ");
    const isOfKind = !kind?.value || categories.includes(kind.value);
    question.hidden = !isOfKind;
    // What is not seen is not sent either.
    question.disabled = !isOfKind;
    isAsked ||= isOfKind;
  }
  if (none !== null) none.hidden = isAsked;
}

kind?.addEventListener("change", offer);
// A browser that comes back fills in what was chosen after this ran.
addEventListener("pageshow", offer);
offer();

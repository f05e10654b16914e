// What belongs to one choice of level only: shown while it is chosen, and always where something is written in it.
// The design system could do it too, but says so with an attribute that a radio button must not have.

const question = document.querySelector("[data-levels]");
const asides = [...document.querySelectorAll("[data-only-with]")]; // shown with one answer
const note = document.querySelector("[data-criteria-note]"); // asked where some points are ticked and others not

function follow() {
  const chosen = question.querySelector('input[name="level_answer"]:checked')?.value ?? "";
  for (const aside of asides) show(aside, chosen === aside.dataset.onlyWith);
  const boxes = [...question.querySelectorAll(`input[name="criteria_met"][data-level="${CSS.escape(chosen)}"]`)];
  const ticked = boxes.filter((box) => box.checked).length;
  show(note, ticked > 0 && ticked < boxes.length);
}

function show(aside, isAsked) {
  aside.hidden = !isAsked && !aside.querySelector("textarea").value.trim() && !aside.querySelector(".govuk-error-message");
}

if (question) {
  question.addEventListener("change", follow);
  follow();
}

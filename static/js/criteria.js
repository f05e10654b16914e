// The word of explanation is asked where a level is claimed with some of its points ticked and others not.

const note = document.querySelector("[data-criteria-note]");
const question = document.querySelector("[data-levels]");

function follow() {
  const level = question.querySelector('input[name="level_answer"]:checked')?.value;
  const boxes = [...question.querySelectorAll(`input[name="criteria_met"][data-level="${CSS.escape(level ?? "")}"]`)];
  const ticked = boxes.filter((box) => box.checked).length;
  const isAsked = ticked > 0 && ticked < boxes.length;
  note.hidden = !isAsked && !note.querySelector("textarea").value.trim();
}

if (note && question) {
  question.addEventListener("change", follow);
  follow();
}

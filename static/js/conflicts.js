// Two versions of an answer, side by side. What is chosen is saved on top of the other version, which the person has
// seen then; the rest of the page stays as it is.

import * as answers from "./answers.js";

/** Move the panels that a save was answered with to their questions, and take the reader to the first. */
export function open(form, panels, chosen) {
  for (const panel of panels) {
    const { control } = panel.dataset;
    document.querySelector(`[data-panel][data-control="${CSS.escape(control)}"]`)?.remove(); // an older one of the same
    place(form, control).before(panel);
    // What was sent may have been typed on since: the box has the newest.
    listen(form, panel, chosen, (choice) => choice !== "mine");
  }
  panels[0]?.focus();
}

/** Let the person choose in the panels that the page came with; they stay above the form. */
export function start(form, chosen) {
  for (const panel of document.querySelectorAll("[data-panel]")) listen(form, panel, chosen, () => true);
}

/** The answers that wait for a choice. */
export function waiting() {
  return [...document.querySelectorAll("[data-panel]")].map((panel) => panel.dataset.answer);
}

/** `chosen(answer, control)` is called when the person has chosen; `fills` says which choices change the box. */
function listen(form, panel, chosen, fills) {
  panel.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-choose]")?.dataset.choose;
    if (!choice) return;
    const { answer, control, stamp } = panel.dataset;
    if (fills(choice)) answers.fill(form, control, valuesOf(panel, choice));
    answers.setStamp(form, `${control}-version`, stamp);
    remove(panel, control);
    focusOn(form, control);
    chosen(answer, control);
  });
}

function valuesOf(panel, choice) {
  return choice === "merged" ? [panel.querySelector("textarea").value] : JSON.parse(panel.dataset[choice]);
}

function remove(panel, control) {
  const section = panel.parentElement.closest(".app-conflict");
  panel.remove();
  document.querySelector(`input[name="decided"][value="${CSS.escape(control)}"]`)?.remove();
  if (section && !section.querySelector("[data-panel]")) section.remove();
}

function focusOn(form, control) {
  const all = [...form.elements].filter((one) => one.name === control && one.type !== "hidden");
  (all.find((one) => one.checked) ?? all[0])?.focus();
}

function place(form, control) {
  const first = [...form.elements].find((one) => one.name === control && one.type !== "hidden");
  return first?.closest("[data-question]") ?? first?.closest(".govuk-form-group") ?? form.firstElementChild;
}

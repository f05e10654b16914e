// Two versions of an answer, side by side at the question itself. What is chosen is saved on top of the other version,
// which the person has seen then; the rest of the page stays as it is.

import * as answers from "./answers.js";

/** Move the panels that a save was answered with to their questions, and take the reader to the first.
 * `chosen(answer)` is called when the last question of an answer has been settled. */
export function open(form, panels, chosen) {
  for (const panel of panels) {
    const { answer, control } = panel.dataset;
    form.querySelector(`[data-panel][data-control="${CSS.escape(control)}"]`)?.remove(); // an older one of the same
    place(form, control).before(panel);
    panel.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-choose]")?.dataset.choose;
      if (choice) settle(form, panel, choice, () => chosen(answer));
    });
  }
  panels[0]?.focus();
}

/** The answers that wait for a choice. */
export function waiting(form) {
  return [...form.querySelectorAll("[data-panel]")].map((panel) => panel.dataset.answer);
}

function place(form, control) {
  const first = form.querySelector(`[name="${CSS.escape(control)}"]:not([type="hidden"])`);
  return first?.closest("[data-question]") ?? first?.closest(".govuk-form-group") ?? form.firstElementChild;
}

function settle(form, panel, choice, chosen) {
  const { answer, control, stamp } = panel.dataset;
  if (choice === "theirs") answers.fill(form, control, JSON.parse(panel.dataset.theirs));
  if (choice === "merged") answers.fill(form, control, [panel.querySelector("textarea").value]);
  answers.setStamp(form, `${control}-version`, stamp);
  panel.remove();
  const first = form.querySelector(`[name="${CSS.escape(control)}"]:checked, [name="${CSS.escape(control)}"]:not([type="hidden"])`);
  first?.focus();
  if (!waiting(form).includes(answer)) chosen();
}

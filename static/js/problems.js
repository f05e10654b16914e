// What is wrong with an answer, said at its question as a page from the server says it.

/** Show `text` at the control with that id. */
export function show(id, text) {
  const control = document.getElementById(id) ?? document.getElementById(`${id}_0`);
  const group = control?.closest(".govuk-form-group");
  if (!group) return;
  clear(id);
  const message = document.createElement("p");
  message.className = "govuk-error-message";
  const kind = document.createElement("span");
  kind.className = "govuk-visually-hidden";
  kind.textContent = "Error: ";
  message.append(kind, text);
  const box = document.createElement("div");
  box.id = `${id}_error`;
  box.append(message);
  const before = group.querySelector(`#${CSS.escape(id)}_helptext`) ?? group.querySelector("label, legend");
  before.after(box);
  group.classList.add("govuk-form-group--error");
  const described = describedBy(control);
  described.setAttribute("aria-describedby", [described.getAttribute("aria-describedby"), box.id].filter(Boolean).join(" "));
  if (described === control) control.setAttribute("aria-invalid", "true");
}

/** Take back what was said at the control with that id. */
export function clear(id) {
  const box = document.getElementById(`${id}_error`);
  const control = document.getElementById(id) ?? document.getElementById(`${id}_0`);
  if (!box || !control) return;
  box.remove();
  control.closest(".govuk-form-group")?.classList.remove("govuk-form-group--error");
  const described = describedBy(control);
  const rest = (described.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== box.id);
  if (rest.length) described.setAttribute("aria-describedby", rest.join(" "));
  else described.removeAttribute("aria-describedby");
  control.removeAttribute("aria-invalid");
  control.classList.remove("govuk-input--error", "govuk-textarea--error");
}

/** Of buttons that make one question, the whole group is described. */
const describedBy = (control) =>
  control.type === "radio" || control.type === "checkbox" ? (control.closest("fieldset") ?? control) : control;

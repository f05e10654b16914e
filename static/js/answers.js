// The answers of a form in which each is saved by itself: which controls make an answer, what they hold, and the stamp
// of what the page showed. An action's row is one answer: it is saved whole.

const STAMP = /-version$/;
const ROW = /^(actions-\d+)-/;
const PAGES_OWN = /-(version|action|token|status)$/; // nobody types these

const nameOf = (name) => name.match(ROW)?.[1] ?? name.replace(STAMP, "");

export const isRow = (answer) => ROW.test(`${answer}-`);

/** Every answer of the form, in the order of the page, with what is sent for it (`fields`), what a person has given
 * (`written`) and the `stamps` of what they began on; each a list of pairs of name and value. */
export function readAll(form) {
  const found = new Map();
  for (const stamp of form.querySelectorAll('input[name$="-version"]')) {
    found.set(nameOf(stamp.name), { fields: [], written: [], stamps: [] });
  }
  for (const [name, value] of new FormData(form)) {
    const answer = found.get(nameOf(name));
    if (!answer) continue;
    const text = value.replaceAll("\r\n", "\n"); // a box counts a line end as one
    answer.fields.push([name, text]);
    if (STAMP.test(name)) answer.stamps.push([name, text]);
    else if (!PAGES_OWN.test(name)) answer.written.push([name, text]);
  }
  return found;
}

/** What the page came with, as `written` has it: whatever the browser may have put back since. */
export function shownBy(form, answer) {
  return controlsOf(form, answer)
    .filter((control) => !PAGES_OWN.test(control.name))
    .filter((control) => !isChoice(control) || control.defaultChecked)
    .map((control) => [control.name, isChoice(control) ? control.value : control.defaultValue]);
}

/** The answer that a control belongs to; empty where it belongs to none. */
export function answerOf(form, control) {
  const name = nameOf(control.name ?? "");
  return name && form.querySelector(`input[name^="${CSS.escape(name)}-"][name$="-version"]`) ? name : "";
}

export function controlsOf(form, answer) {
  return [...form.elements].filter((control) => control.name && nameOf(control.name) === answer);
}

const isChoice = (control) => control.type === "radio" || control.type === "checkbox";

/** Put values into the controls of that name as if they had been given by hand: what depends on them follows. */
export function fill(form, name, values) {
  for (const control of [...form.elements].filter((one) => one.name === name)) {
    if (isChoice(control)) {
      const wanted = values.includes(control.value);
      if (control.checked === wanted) continue;
      control.checked = wanted;
      control.dispatchEvent(new Event("change", { bubbles: true })); // what depends on it is shown or hidden
    } else if (control.value !== (values[0] ?? "")) {
      control.value = values[0] ?? "";
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true })); // the counter of words listens to keys
    }
  }
}

/** Put a whole answer in, as `written` has it: what is not in it is left empty. */
export function fillAnswer(form, answer, written) {
  const names = new Set(controlsOf(form, answer).map((control) => control.name).filter((name) => !PAGES_OWN.test(name)));
  for (const name of names) fill(form, name, written.filter(([one]) => one === name).map(([, value]) => value));
}

export function setStamp(form, name, value) {
  const stamp = form.elements.namedItem(name);
  if (stamp) stamp.value = value;
}

/** How a person knows the answer: its question, or the number of its row. */
export function labelOf(form, answer) {
  const first = controlsOf(form, answer).find((control) => control.type !== "hidden");
  if (!first) return "";
  const inGroup = isRow(answer) || isChoice(first);
  const label = inGroup ? first.closest("fieldset")?.querySelector("legend") : first.labels?.[0];
  return label?.textContent.trim() ?? "";
}

/** A moment as “2:14pm”, with its day where that is not today: London's clock, as everywhere in the service. */
export function clock(moment) {
  const London = { timeZone: "Europe/London" };
  const time = moment.toLocaleTimeString("en-GB", { ...London, hour: "numeric", minute: "2-digit", hour12: true });
  const day = (when) => when.toLocaleDateString("en-GB", { ...London, day: "numeric", month: "long", year: "numeric" });
  const said = time.replace(/\s/g, "").toLowerCase().replace(/^0:/, "12:");
  return day(moment) === day(new Date()) ? said : `${said} on ${day(moment)}`;
}

// Text from an earlier visit that was never saved: offered, never put in without asking.

import * as answers from "./answers.js";
import { addRow, blankRow } from "./rows.js";

/** Show what the draft holds that the page does not. `decided(names)` is called once, with what was put back. */
export function offer(form, draft, decided) {
  const made = document.getElementById("draft-offer").content.cloneNode(true);
  const section = made.querySelector("section");
  section.querySelector("[data-when]").textContent = answers.clock(new Date(draft.at));
  const list = section.querySelector("[data-texts]");
  for (const { label, written } of Object.values(draft.answers)) {
    const name = document.createElement("dt");
    name.textContent = label;
    const text = document.createElement("dd");
    text.textContent = written.filter(([name]) => !/^(level_answer|held_without_shrmt|criteria_met)$/.test(name))
      .map(([, value]) => value).filter(Boolean).join("\n") || "What was chosen";
    list.append(name, text);
  }
  section.querySelector("[data-put-back]").addEventListener("click", () => {
    section.remove();
    const put = Object.values(draft.answers).map((kept) => putBack(form, kept, draft.revision)).filter(Boolean);
    decided(put);
    answers.controlsOf(form, put[0] ?? "").find((control) => control.type !== "hidden")?.focus();
  });
  section.querySelector("[data-discard]").addEventListener("click", () => {
    section.remove();
    decided([]);
    document.querySelector("h1").setAttribute("tabindex", "-1");
    document.querySelector("h1").focus();
  });
  form.before(section);
}

/** Put one answer back on the stamps it was begun on: what somebody else has written since is not overwritten by it.
 * Return the name of the answer it has on this page. */
function putBack(form, kept, revision) {
  const here = kept.token ? rowOf(form, kept.token) : kept.name;
  if (!here) return "";
  const sameRevision = form.elements.namedItem("revision").value === revision;
  const renamed = (pairs) => pairs.map(([one, value]) => [one.replace(kept.name, here), value]);
  answers.fillAnswer(form, here, renamed(kept.written));
  // Another revision counts its versions afresh: with no stamp at all, both texts are shown.
  for (const [stamp, value] of renamed(kept.stamps)) answers.setStamp(form, stamp, sameRevision ? value : "");
  return here;
}

/** The row that a draft is of: by its token, else a new one under the same token, so that it is raised only once. */
function rowOf(form, token) {
  const known = [...form.querySelectorAll('input[name$="-token"]')].find((one) => one.value === token);
  if (known) return known.name.replace(/-token$/, "");
  const row = blankRow(form) || addRow(form);
  if (row) form.elements.namedItem(`${row}-token`).value = token;
  return row;
}

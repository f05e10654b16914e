// Another row for an action without a new page: from the blank row that the page brings along.

import * as answers from "./answers.js";

/** Add a blank row to the form; return its name, or nothing where the page takes no more of them. */
export function addRow(form) {
  const blank = document.getElementById("blank-row");
  const total = form.elements.namedItem("actions-TOTAL_FORMS");
  if (!blank || Number(total.value) >= Number(form.elements.namedItem("actions-MAX_NUM_FORMS").value)) return "";
  const index = Number(total.value);
  const made = document.createElement("template");
  made.innerHTML = blank.innerHTML.replaceAll("__prefix__", index).replaceAll("__number__", index + 1);
  const row = `actions-${index}`;
  made.content.querySelector(`[name="${row}-token"]`).value = newToken();
  document.getElementById("rows").append(made.content);
  total.value = index + 1;
  return row;
}

/** The name of a new row in which nothing is written yet; empty where there is none. */
export function blankRow(form) {
  for (const [name, { written }] of answers.readAll(form)) {
    const isNew = answers.isRow(name) && !form.elements.namedItem(`${name}-action`).value;
    if (isNew && written.every(([, value]) => !value)) return name;
  }
  return "";
}

/** A random UUID: of a row, or of a save. */
export function newToken() {
  if (crypto.randomUUID) return crypto.randomUUID(); // not there on a page that came over plain HTTP from afar
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Text that has not been saved yet, kept in this browser until it is: a closed tab or a lost connection costs nobody
// their words. Only on a device that its user has called their own, and never beyond signing out.

import { newToken } from "./rows.js";

const PREFIX = "truelevel-draft ";
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;

/** Drafts of one person on one page. Where the device is not trusted, or the browser has no room, nothing is kept.
 * Each tab keeps its own: one in which nothing is unsaved must not clear what another could not save. */
export function draftsOf(form) {
  const place = `${PREFIX}${form.dataset.person} ${location.pathname} `;
  const own = place + newToken();
  const trusted = form.dataset.ownDevice === "yes";
  let taken = []; // the places of what `read` has handed out
  return {
    /** What earlier tabs have kept, as one draft; of an answer that is in several of them the newest. */
    read() {
      if (!trusted) return null;
      taken = keys().filter((key) => key.startsWith(place));
      const all = taken.map(read).filter(Boolean).sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
      if (!all.length) return null;
      const { at, revision } = all.at(-1);
      const same = all.every((one) => one.revision === revision);
      return { at, revision: same ? revision : "", answers: Object.assign({}, ...all.map((one) => one.answers)) };
    },
    /** Keep `answers` (name → what was written, on which stamps) in place of what was read; nothing left to keep
     * clears both places. */
    keep(answers) {
      if (!trusted || signingOut) return;
      const some = Object.keys(answers).length;
      const revision = form.elements.namedItem("revision").value;
      if (some && !write(own, { at: new Date().toISOString(), revision, answers })) return;
      for (const key of some ? taken : [own, ...taken]) remove(key);
      taken = [];
    },
  };
}

let signingOut = false;

/** Forget every draft of everybody in this browser, and keep none any more: at signing out. */
export function forgetAll() {
  signingOut = true;
  for (const key of keys()) remove(key);
}

/** Whether what is on the page would be gone with it. */
export const isForgetting = () => signingOut;

/** Keep drafts again: the person has stayed after all. */
export function keepAgain() {
  signingOut = false;
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return []; // the browser lets no page keep anything
  }
}

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    if (draft && Date.now() - Date.parse(draft.at) > KEPT_FOR) return remove(key) && null;
    return draft;
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

function remove(key) {
  try {
    localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}

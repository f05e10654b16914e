// Text that has not been saved yet, kept in this browser until it is: a closed tab or a lost connection costs nobody
// their words. Only on a device that its user has called their own, and never beyond signing out.

const PREFIX = "truelevel-draft ";
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;

/** Drafts of one person on one page. Where the device is not trusted, or the browser has no room, nothing is kept. */
export function draftsOf(form) {
  const key = `${PREFIX}${form.dataset.person} ${location.pathname}`;
  const trusted = form.dataset.ownDevice === "yes";
  return {
    read() {
      return trusted ? read(key) : null;
    },
    /** Keep `answers` (name → what was written, on which stamps); nothing left to keep clears the place. */
    keep(answers) {
      if (!trusted || signingOut) return false;
      if (!Object.keys(answers).length) return remove(key);
      return write(key, { at: new Date().toISOString(), revision: form.elements.namedItem("revision").value, answers });
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

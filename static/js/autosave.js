// Saves each answer a moment after it has been given: one save at a time, in order, and the same save again until it is
// known how it went. Without this file the save button does the work.

import * as answers from "./answers.js";
import * as conflicts from "./conflicts.js";
import { draftsOf, isForgetting, keepAgain } from "./drafts.js";
import { offer } from "./offers.js";
import * as problems from "./problems.js";
import { addRow, blankRow, newToken } from "./rows.js";
import { stateLine } from "./savestate.js";

const PAUSE = 1000; // after the last key
const WAITS = [2000, 4000, 8000, 15_000, 30_000]; // between tries of a save that did not get through
const SETTLES_WITHIN = 4000; // how long leaving the page waits for what is being saved

const READY = "Your answers are saved as you give them.";
const SAVING = "Saving…";
const TROUBLE = {
  unreachable: "Not saved – trying again",
  "signed-out": "Not saved – you are signed out. Sign in in another tab, and this page goes on by itself.",
  "other-person": "Not saved – somebody else is signed in in this browser now. Sign in again as yourself in another tab.",
};
const LOST = {
  403: "Not saved: this is no longer yours to change. Copy your text before you leave.",
  404: "Not saved: this page is no longer there. Copy your text before you leave.",
  413: "Not saved: it is too big to send at once. Shorten the text.",
};

const form = document.querySelector("form[data-autosave]");
if (form) start(form);

function start(form) {
  const show = stateLine();
  const drafts = draftsOf(form);
  const channel = document.getElementById("autosave-answer");
  const saved = new Map(); // answer → what the server is known to have of it, as JSON
  const refused = new Map(); // answer → what was refused of it, and why
  const decided = new Map(); // answer → its controls between whose two versions the person has chosen
  // What came back with a page that could not save it waits until it is touched, or the page is sent again.
  const held = new Set(form.dataset.unsaved.split(" ").filter(Boolean));
  let offered = null; // a draft that nobody has decided on yet
  let current = null; // the save that is under way
  let pause = 0;
  let again = 0;
  let lost = "";
  let stopped = "";
  let savedAt = "";
  let leaving = false;

  for (const name of answers.readAll(form).keys()) {
    saved.set(name, held.has(name) ? null : JSON.stringify(answers.shownBy(form, name)));
  }

  // --- What is unsaved ---

  const differs = (name, { written }) => decided.has(name) || JSON.stringify(written) !== saved.get(name);
  const unsaved = (all = answers.readAll(form)) => [...all.keys()].filter((name) => differs(name, all.get(name)));

  function toSend(all) {
    const waiting = conflicts.waiting();
    return unsaved(all).filter((name) => {
      if (held.has(name) || waiting.includes(name)) return false;
      return refused.get(name)?.written !== JSON.stringify(all.get(name).written);
    });
  }

  /** An offered draft as it is kept again, under this page's revision: the stamps of another one mean nothing here. */
  function onThisRevision({ revision, answers: offeredAnswers }) {
    if (revision === form.elements.namedItem("revision").value) return { ...offeredAnswers };
    const unstamped = (one) => ({ ...one, stamps: one.stamps.map(([stamp]) => [stamp, ""]) });
    return Object.fromEntries(Object.entries(offeredAnswers).map(([key, one]) => [key, unstamped(one)]));
  }

  function keepDraft(all = answers.readAll(form)) {
    const kept = offered ? onThisRevision(offered) : {};
    for (const name of unsaved(all)) {
      const { fields, written, stamps } = all.get(name);
      const token = fields.find(([one]) => one === `${name}-token`)?.[1];
      kept[token ?? name] = { name, token, label: answers.labelOf(form, name), written, stamps };
    }
    drafts.keep(kept);
  }

  // --- Saying how it stands ---

  function tell() {
    const all = answers.readAll(form);
    const open = unsaved(all);
    if (stopped) show("stopped", stopped);
    else if (current?.trouble) show(current.trouble, TROUBLE[current.trouble]);
    else if (lost) show("lost", lost);
    else if (current || toSend(all).length) show("saving", SAVING);
    else if (conflicts.waiting().length) show("conflict", `Not saved: somebody else changed “${answers.labelOf(form, conflicts.waiting()[0])}” too. Choose between the two versions.`);
    else if (open.some((name) => refused.has(name))) {
      const name = open.find((one) => refused.has(one));
      show("refused", `Not saved: ${refused.get(name).text}`);
    } else if (open.length) show("held", "Not saved yet: change it, or press Save.");
    else if (savedAt) show("saved", `Saved at ${savedAt}`);
    else show("ready", READY);
  }

  // --- Sending ---

  function plan(delay) {
    clearTimeout(pause);
    pause = setTimeout(send, delay);
    tell();
  }

  function send() {
    clearTimeout(pause);
    const all = answers.readAll(form);
    const names = current || stopped ? [] : toSend(all);
    if (names.length) {
      current = { body: bodyOf(all, names), sent: writtenOf(all, names), tries: 0, trouble: "", underway: false };
      attempt();
    }
    tell();
  }

  const writtenOf = (all, names) => new Map(names.map((name) => [name, JSON.stringify(all.get(name).written)]));

  function bodyOf(all, names) {
    const body = new FormData();
    for (const name of ["revision", "person"]) body.set(name, form.elements.namedItem(name).value);
    body.set("token", newToken());
    for (const name of names) {
      for (const [field, value] of all.get(name).fields) body.append(field, value);
      for (const control of decided.get(name) ?? []) body.append("decided", control);
    }
    const total = form.elements.namedItem("actions-TOTAL_FORMS");
    if (total) {
      body.set(total.name, total.value);
      body.set("actions-INITIAL_FORMS", "0"); // rows that are not sent are left alone
    }
    return body;
  }

  /** Send the current save, or send it again: as it was, so that the same save is known by its token. */
  async function attempt() {
    clearTimeout(again);
    const save = current;
    save.underway = true;
    const token = csrfToken();
    save.body.set("csrfmiddlewaretoken", token);
    tell();
    const xhr = await post(form.dataset.autosave, save.body, channel);
    save.underway = false;
    const outcome = xhr?.getResponseHeader("Autosave-Outcome");
    if (outcome && outcome !== "other-person") answered(save, outcome);
    else failed(save, xhr, token);
  }

  function failed(save, xhr, token) {
    const status = xhr?.status ?? 0;
    const signIn = document.getElementById("request-problem").dataset.signIn;
    const sentToSignIn = status === 200 || new URL(xhr?.responseURL || location.href).pathname === signIn;
    if (xhr?.getResponseHeader("Autosave-Outcome")) save.trouble = "other-person";
    else if (status === 403 && token !== csrfToken()) return attempt(); // somebody has just signed in again
    else if (sentToSignIn || (status === 403 && !csrfToken())) save.trouble = "signed-out";
    else if (LOST[status]) {
      lost = LOST[status];
      current = null;
      for (const [name, written] of save.sent) refused.set(name, { written, text: lost });
      return tell();
    } else save.trouble = "unreachable";
    again = setTimeout(attempt, WAITS[Math.min(save.tries++, WAITS.length - 1)]);
    tell();
  }

  function answered(save, outcome) {
    const answer = channel.firstElementChild;
    current = null;
    lost = "";
    savedAt = answer.dataset.savedAt || savedAt;
    if (outcome === "stopped") {
      stopped = answer.dataset.text;
      form.before(...answer.childNodes);
    }
    for (const name of answer.dataset.kept.split(" ").filter(Boolean)) {
      saved.set(name, save.sent.get(name));
      refused.delete(name);
      decided.delete(name);
      for (const control of answers.controlsOf(form, name)) problems.clear(control.id.replace(/_\d+$/, ""));
    }
    // Of what was not kept some may have been: of a row. Whatever it is changed to, back to before too, is sent again.
    for (const name of save.sent.keys()) if (!answer.dataset.kept.split(" ").includes(name)) saved.set(name, null);
    for (const one of answer.querySelectorAll("[data-error]")) {
      refused.set(one.dataset.answer, { written: save.sent.get(one.dataset.answer), text: one.textContent });
      problems.show(one.dataset.error, one.textContent);
    }
    conflicts.open(form, [...answer.querySelectorAll("[data-panel]")], chosen);
    refreshCsrf();
    keepDraft();
    plan(0);
  }

  function chosen(name, control) {
    decided.set(name, [...(decided.get(name) ?? []), control]);
    held.delete(name);
    if (!conflicts.waiting().includes(name)) plan(0);
  }

  /** The page's own forms go on working after signing in again elsewhere. Only once it is the same person. */
  function refreshCsrf() {
    for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = csrfToken();
  }

  const tryNow = () => {
    if (current && !current.underway) attempt();
  };
  window.addEventListener("online", tryNow);
  window.addEventListener("focus", tryNow);

  // --- The person ---

  function touched(event, delay) {
    const name = answers.answerOf(form, event.target);
    if (!name) return;
    held.delete(name);
    lost = "";
    keepAgain();
    keepDraft();
    plan(delay);
  }
  form.addEventListener("input", (event) => touched(event, PAUSE));
  form.addEventListener("change", (event) => touched(event, 0));

  form.addEventListener("click", (event) => {
    if (!event.target.closest('button[name="then"][value="add"]')) return;
    const row = blankRow(form) || addRow(form);
    if (!row) return; // the page itself says how many it takes
    event.preventDefault();
    if (!saved.has(row)) saved.set(row, JSON.stringify(answers.shownBy(form, row)));
    document.getElementById(row).focus();
  });

  // --- Leaving the page ---

  /** Wait until nothing is being saved any more, but not for ever. */
  async function settled() {
    const until = Date.now() + SETTLES_WITHIN;
    while ((current?.underway || toSend(answers.readAll(form)).length) && !current?.trouble && Date.now() < until) {
      if (!current) send();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  // What can be saved by itself goes first: the page that is sent then must not meet the versions this makes, and what
  // is kept in this browser is cleared by it.
  let isReady = false;
  form.addEventListener("submit", async (event) => {
    clearTimeout(pause);
    if (!navigator.onLine) {
      event.preventDefault(); // the browser's own page would take the place of the text
      plan(0);
    } else if (!isReady && (current || toSend(answers.readAll(form)).length)) {
      event.preventDefault();
      const { submitter } = event;
      const open = conflicts.waiting().length;
      await settled();
      if (conflicts.waiting().length > open) return; // there is something to decide first
      isReady = true;
      form.requestSubmit(submitter);
    } else leaving = true;
  });

  document.addEventListener("submit", async (event) => {
    if (event.target === form || event.defaultPrevented || !toSend(answers.readAll(form)).length) return;
    if (event.target.closest("[data-quiet]")) return;
    event.preventDefault();
    await settled();
    event.target.submit();
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || link.target || link.hasAttribute("download") || event.defaultPrevented) return;
    if (link.origin !== location.origin || (link.hash && link.pathname === location.pathname) || !unsaved().length) return;
    event.preventDefault();
    await settled();
    location.assign(link.href);
  });

  /** Whether the save that is under way carries the answer as it is now, and not as it was a key ago. */
  const isUnderWay = (name, all) => current?.sent.get(name) === JSON.stringify(all.get(name).written);

  window.addEventListener("beforeunload", (event) => {
    if (leaving || stopped || !unsaved().length) return;
    const all = answers.readAll(form);
    keepDraft(all);
    // What is only waiting for its turn goes out with the page; what could not be saved is kept here, or asked about.
    const isStuck = current?.trouble || unsaved(all).some((name) => !toSend(all).includes(name) && !isUnderWay(name, all));
    if (isStuck && (form.dataset.ownDevice !== "yes" || isForgetting())) event.preventDefault();
  });

  window.addEventListener("pagehide", () => {
    if (leaving || stopped) return;
    const all = answers.readAll(form);
    keepDraft(all);
    if (current) hand(current.body);
    const rest = toSend(all).filter((name) => !isUnderWay(name, all));
    if (rest.length) hand(bodyOf(all, rest));
  });

  /** Give a save to the browser, which sends it when the page is gone. A save that arrives twice is done once. */
  function hand(body) {
    body.set("csrfmiddlewaretoken", csrfToken());
    const headers = { "HX-Request": "true" };
    fetch(form.dataset.autosave, { method: "POST", body, headers, keepalive: true, redirect: "manual" }).catch(() => {});
  }

  // --- What the page came with ---

  conflicts.start(form, chosen);
  const draft = drafts.read();
  if (draft) {
    const all = answers.readAll(form);
    for (const [key, kept] of Object.entries(draft.answers)) {
      const isThere = [...all.values()].some(({ fields, written }) => kept.token
        ? fields.some(([, value]) => value === kept.token) && sameValues(written, kept.written)
        : JSON.stringify(written) === JSON.stringify(kept.written));
      const isEmpty = kept.token && kept.written.every(([, value]) => !value);
      if (isThere || isEmpty) delete draft.answers[key];
    }
    if (!Object.keys(draft.answers).length) drafts.keep({});
    else {
      offered = draft;
      offer(form, draft, (names) => {
        offered = null;
        for (const name of names) {
          if (!saved.has(name)) saved.set(name, null);
          held.delete(name);
        }
        keepDraft();
        plan(0);
      });
    }
  }

  tell();
}

function sameValues(one, other) {
  const values = (pairs) => JSON.stringify(pairs.map(([, value]) => value));
  return values(one) === values(other);
}

/** The token that proves a request to be from a page of ours: read afresh, since signing in changes it. */
function csrfToken() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

/** Post through htmx; return the request once it is over, nothing where it never arrived. */
async function post(url, body, channel) {
  let xhr = null;
  const remember = (event) => {
    xhr = event.detail.xhr;
  };
  const onlyOurs = (event) => {
    if (!event.detail.xhr.getResponseHeader("Autosave-Outcome")) event.detail.shouldSwap = false;
  };
  channel.addEventListener("htmx:afterRequest", remember);
  channel.addEventListener("htmx:beforeSwap", onlyOurs);
  try {
    await window.htmx.ajax("POST", url, { source: channel, target: channel, swap: "innerHTML", values: body });
  } catch {
    xhr = null;
  }
  channel.removeEventListener("htmx:afterRequest", remember);
  channel.removeEventListener("htmx:beforeSwap", onlyOurs);
  return xhr;
}

// Before a session ends its person is told, and can go on with one press; nothing typed depends on it.

import { forgetAll } from "./drafts.js";

const WARNED_BEFORE = 10 * 60 * 1000;
const LONGEST_TIMER = 2 ** 31 - 1;

document.querySelector("form.app-account__out")?.addEventListener("submit", forgetAll);

const warning = document.getElementById("session-warning");
const others = "BroadcastChannel" in window ? new BroadcastChannel("truelevel-session") : null;
let timer = 0;

/** Show the warning ten minutes before `end`, a moment in milliseconds; hide it until then. */
function watch({ end, mayStay }) {
  clearTimeout(timer);
  const again = () => watch({ end, mayStay });
  const until = end - WARNED_BEFORE - Date.now();
  if (until > 0) {
    warning.hidden = true;
    timer = setTimeout(again, Math.min(until, LONGEST_TIMER));
    return;
  }
  warning.hidden = false; // it is an alert: what it says is read out at once
  warning.querySelector("[data-text]").textContent = textAt(end, mayStay);
  if (Date.now() < end) timer = setTimeout(again, Math.min(60_000, end - Date.now() + 500));
}

function textAt(end, mayStay) {
  const minutes = Math.ceil((end - Date.now()) / 60_000);
  warning.querySelector("form").hidden = minutes <= 0 || !mayStay;
  if (minutes <= 0) return "You have been signed out. Sign in in another tab: what is on this page stays here.";
  const soon = `You will be signed out in ${minutes} minute${minutes === 1 ? "" : "s"}.`;
  return mayStay ? soon : `${soon} Nobody stays signed in for longer in one go: save what you are writing, then sign in again.`;
}

const endIn = (seconds, mayStay) => ({ end: Date.now() + seconds * 1000, mayStay: mayStay === "yes" });

if (warning) {
  const opened = endIn(Number(warning.dataset.secondsLeft), warning.dataset.mayStay);
  watch(opened);
  others?.postMessage(opened); // what has just been opened here has prolonged the session of every tab
  others?.addEventListener("message", (event) => watch(event.data));
  // Saving by itself is use of the session too: every fragment's answer says how long it lasts now.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const seconds = Number(event.detail.xhr.getResponseHeader("Session-Lasts"));
    if (!seconds) return;
    const lasts = endIn(seconds, event.detail.xhr.getResponseHeader("Session-May-Stay"));
    if (warning.contains(event.target)) {
      document.querySelector("h1")?.setAttribute("tabindex", "-1");
      document.querySelector("h1")?.focus(); // the button that had the focus goes away
    }
    watch(lasts);
    others?.postMessage(lasts);
  });
}

// Before a session ends its person is told, and can go on with one press; nothing typed depends on it.

import { forgetAll } from "./drafts.js";

const WARNED_BEFORE = 10 * 60 * 1000;
const LONGEST_TIMER = 2 ** 31 - 1;

document.querySelector("form.app-account__out")?.addEventListener("submit", forgetAll);

const warning = document.getElementById("session-warning");
const others = "BroadcastChannel" in window ? new BroadcastChannel("truelevel-session") : null;
let timer = 0;

/** Show the warning ten minutes before `end`, a moment in milliseconds; hide it until then. */
function watch(end) {
  clearTimeout(timer);
  const until = end - WARNED_BEFORE - Date.now();
  if (until > 0) {
    warning.hidden = true;
    timer = setTimeout(() => watch(end), Math.min(until, LONGEST_TIMER));
    return;
  }
  warning.hidden = false; // it is an alert: what it says is read out at once
  warning.querySelector("[data-text]").textContent = textAt(end);
  if (Date.now() < end) timer = setTimeout(() => watch(end), Math.min(60_000, end - Date.now() + 500));
}

function textAt(end) {
  const minutes = Math.ceil((end - Date.now()) / 60_000);
  warning.querySelector("form").hidden = minutes <= 0;
  if (minutes <= 0) return "You have been signed out. Sign in in another tab: what is on this page stays here.";
  return `You will be signed out in ${minutes} minute${minutes === 1 ? "" : "s"}.`;
}

if (warning) {
  watch(Date.now() + Number(warning.dataset.secondsLeft) * 1000);
  others?.addEventListener("message", (event) => watch(event.data));
  warning.addEventListener("htmx:afterRequest", (event) => {
    const seconds = Number(event.detail.xhr.getResponseHeader("Session-Lasts"));
    if (!seconds) return;
    const end = Date.now() + seconds * 1000;
    document.querySelector("h1")?.setAttribute("tabindex", "-1");
    document.querySelector("h1")?.focus(); // the button that had the focus goes away
    watch(end);
    others?.postMessage(end);
  });
}

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
  if (minutes <= 0) return "You have been signed out. Sign in in another tab; what is on this page stays here until then.";
  return `You will be signed out in ${minutes} minute${minutes === 1 ? "" : "s"}.`;
}

if (warning) {
  watch(Number(warning.dataset.ends) * 1000);
  others?.addEventListener("message", (event) => watch(event.data));
  warning.addEventListener("htmx:afterRequest", (event) => {
    const end = Number(event.detail.xhr.getResponseHeader("Session-Ends")) * 1000;
    if (!end) return;
    watch(end);
    others?.postMessage(end);
    document.getElementById("main-content").querySelector("h1")?.focus?.();
  });
}

// What htmx's fragments need around them. Everything here improves pages that work without it.

// The design system's script is loaded once, under whatever name its static file has; the same address gives the same module.
const designSystem = document.querySelector("script[data-design-system]");

// Two versions side by side are what to read first; where there is an error summary too, that takes the focus by itself.
if (!document.querySelector(".govuk-error-summary")) document.querySelector("[data-focus-first]")?.focus();

// What a page does by itself says how it went in its own place, or not at all.
const isQuiet = (event) => event.detail.requestConfig?.elt?.closest("[data-quiet]") ?? event.detail.elt?.closest("[data-quiet]");

// Fragments that have just arrived: wake their components, and take the reader to what is new.
document.body.addEventListener("htmx:afterSettle", async (event) => {
  if (isQuiet(event)) return;
  const arrived = event.detail.elt;
  if (designSystem) {
    const { initAll } = await import(designSystem.src);
    initAll({ scope: arrived.parentElement ?? arrived });
  }
  const target = arrived.querySelector(".govuk-error-summary, [data-focus]") ?? (arrived.matches("[data-focus]") ? arrived : null);
  if (target) {
    if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
    target.focus();
  }
});

// An answer that htmx does not swap in would go unseen: say so. What was typed stays on the page as it is.
const notice = document.getElementById("request-problem");
const say = (text) => {
  if (!notice) return;
  notice.textContent = text;
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
};
document.body.addEventListener("htmx:responseError", (event) => {
  if (isQuiet(event)) return;
  const status = event.detail.xhr.status;
  if (status === 403) say("That has not been saved: you may have been signed out, or this is not yours to change. Copy your text, then reload the page.");
  else if (status === 404) say("That has not been saved: the page it belongs to is no longer there. Copy your text before you leave.");
  else if (status === 413) say("That has not been saved: it is too big to send at once. Shorten the text or send the file by itself.");
  else if (status === 429) say("That has not been saved: too many requests in a short time. Wait a minute and try again.");
  else say("That has not been saved: something went wrong on our side. Your text is still here. Try again in a minute.");
});
// Somebody signed out meanwhile is sent to the sign-in page, which must not take the place of what they typed.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const arrived = new URL(event.detail.xhr.responseURL, location.href).pathname;
  if (!notice || arrived !== notice.dataset.signIn || arrived === location.pathname) return;
  event.detail.shouldSwap = false;
  if (isQuiet(event)) return;
  say("That has not been saved: you have been signed out. Copy your text, then reload the page and sign in.");
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, (event) => {
    if (isQuiet(event)) return;
    say("That has not been saved: the service cannot be reached. Your text is still here. Check your connection and try again.");
  });
}
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (notice && !isQuiet(event)) notice.hidden = true;
});

// The line that says whether what is on the page has been saved. It is always true; aloud it says what has changed,
// and not every save: a person who listens to the page is not interrupted each second.

const SAID_AGAIN_AFTER = 60_000;

/** Return a function that shows a state: its `kind`, and the text for it. */
export function stateLine() {
  const line = document.getElementById("save-state");
  const spoken = document.getElementById("save-state-spoken");
  line.closest("[hidden]")?.removeAttribute("hidden");
  let lastKind = "";
  let lastText = "";
  let spokenAt = 0;

  return (kind, text) => {
    if (line.textContent !== text) line.textContent = text;
    line.dataset.state = kind;
    if (!isNews(kind, text)) return;
    lastKind = kind;
    lastText = text;
    spokenAt = Date.now();
    spoken.textContent = text;
  };

  function isNews(kind, text) {
    if (!text || kind === "ready") return false;
    if (kind === "saving") return lastKind === ""; // the first time: it says that saving goes by itself
    if (kind === "saved") return lastKind !== "saved" || (text !== lastText && Date.now() - spokenAt > SAID_AGAIN_AFTER);
    return text !== lastText;
  }
}

// Buttons that put something into a text where its cursor is, or was last. Without JavaScript it is typed by hand.
for (const button of document.querySelectorAll("[data-insert]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.into);
    text.focus();
    text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true })); // it is saved and previewed like what is typed
  });
}

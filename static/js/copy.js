// A button that copies what stands in a field. Without JavaScript the field is there to copy from by hand.
const button = document.querySelector("[data-copy]");
const field = document.querySelector("[data-copied-from]");
const said = document.querySelector("[data-copy-said]");

if (button && field && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied.";
    } catch {
      field.focus();
      field.select();
      said.textContent = "Your browser did not let us copy it. It is selected: copy it by hand.";
    }
  });
}

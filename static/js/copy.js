// A button that copies the text of another element, or marks it where the browser does not let us copy.

import { toast } from "./toast.js";

function mark(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copies]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(text.textContent);
    toast(button.dataset.done);
  } catch {
    mark(text);
  }
});

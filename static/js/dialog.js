// Native dialogs. Browsers with command/commandfor need none of this; the others get the same from data-opens.
// A dialog closes on a click beside it, and when the request of its form has succeeded.

const NATIVE = "command" in HTMLButtonElement.prototype;

export function openDialog(name) {
  const dialog = document.getElementById(name);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new Event("shown")); // what is asked for only now
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener && !(NATIVE && opener.hasAttribute("command"))) {
    event.preventDefault();
    openDialog(opener.dataset.opens);
  }
  event.target.closest?.("[data-closes]")?.closest("dialog")?.close();
});

let pressedBeside = false;
document.addEventListener("pointerdown", ({ target }) => { pressedBeside = target instanceof HTMLDialogElement; });
document.addEventListener("click", ({ target }) => {
  // Both press and release beside it: marking text past the edge is no wish to close.
  if (pressedBeside && target instanceof HTMLDialogElement && target.open) target.close();
});

// What opened it may be a line of a menu that has closed since: the menu's button is where one was.
document.addEventListener("close", ({ target }) => {
  const focused = document.activeElement;
  if (!(target instanceof HTMLDialogElement) || (focused !== document.body && !target.contains(focused))) return;
  const opener = document.querySelector(`[data-opens="${CSS.escape(target.id)}"]`);
  (opener?.closest("details:not([open])")?.querySelector("summary") ?? opener)?.focus();
}, true);

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const asked = detail.requestConfig?.verb === "get"; // looking something up is no reason to close
  if (detail.successful && !asked) detail.elt.closest?.("dialog:not([data-stays])")?.close();
});

document.addEventListener("htmx:load", ({ detail }) => {
  const shown = detail.elt.matches?.("dialog[data-shows]") ? detail.elt : detail.elt.querySelector?.("dialog[data-shows]");
  if (shown && !shown.open) shown.showModal();
});

// The customer's page: @ offers colleagues while a note is typed, Ctrl+Enter saves it, Escape leaves a form that was
// opened in the page. Without this module notes work the same: the server reads @Name.

const NOTE = "textarea[data-mentions]";
const typed = (field) => /(?:^|\s)@([^\s@]*)$/u.exec(field.value.slice(0, field.selectionStart));
const listOf = (field) => field.parentElement.querySelector(".mentions");
const namesIn = (field) => [...(listOf(field)?.children ?? [])];
const chosen = (field) => namesIn(field).find((one) => one.ariaSelected === "true");

function offer(field) {
  close(field);
  const match = typed(field);
  const source = document.getElementById(field.dataset.mentions);
  if (!match || !source) return;
  const start = match[1].toLocaleLowerCase();
  const fits = [...source.content.children].filter((one) => one.textContent.toLocaleLowerCase().startsWith(start)).slice(0, 6);
  if (!fits.length) return;
  const list = document.createElement("div");
  list.className = "mentions line";
  list.id = `${field.id}-mentions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", source.dataset.label);
  list.append(...fits.map((one) => one.cloneNode(true)));
  [...list.children].forEach((one, at) => { one.id = `${list.id}-${at}`; });
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  choose(field, 0);
}

function choose(field, at) {
  const names = namesIn(field);
  names.forEach((one, each) => { one.ariaSelected = String(each === at); });
  field.setAttribute("aria-activedescendant", names[at].id);
}

function close(field) {
  listOf(field)?.remove();
  field.removeAttribute("aria-activedescendant");
  field.removeAttribute("aria-controls");
}

function take(field, name) {
  const match = typed(field);
  const from = field.selectionStart - (match ? match[1].length : 0);
  field.setRangeText(`${name} `, from, field.selectionStart, "end");
  close(field);
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function move(field, step) {
  const names = namesIn(field);
  choose(field, (names.indexOf(chosen(field)) + step + names.length) % names.length);
}

const KEYS = {
  ArrowDown: (field) => move(field, 1),
  ArrowUp: (field) => move(field, -1),
  Enter: (field) => take(field, chosen(field).textContent),
  Tab: (field) => take(field, chosen(field).textContent),
  Escape: close,
};

document.addEventListener("input", ({ target }) => {
  if (target.matches?.(NOTE)) offer(target);
});

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (target.matches?.(NOTE) && !listOf(target)?.contains(relatedTarget)) close(target);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.(NOTE);
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.isComposing;
  if (field && isPlain && listOf(field) && event.key in KEYS) {
    event.preventDefault();
    KEYS[event.key](field);
  } else if (field && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (event.key === "Escape" && !event.defaultPrevented && !event.target.closest?.("dialog")) {
    cancelOf(event.target)?.click();
  }
});

// The link that closes the form somebody is in: asked first when something was typed.
const cancelOf = (element) => element.closest?.("[data-inline]")?.querySelector("[data-cancels]");

document.addEventListener("pointerdown", (event) => {
  if (event.target.closest?.(".mentions [role=option]")) event.preventDefault(); // the cursor stays in the note
});

document.addEventListener("click", ({ target }) => {
  const name = target.closest?.(".mentions [role=option]");
  if (name) take(name.closest("form").querySelector(NOTE), name.textContent);
});

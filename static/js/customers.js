// The customer's page: @ offers colleagues while a note is typed. Without this module notes work the same: the
// server reads @Name.

const typed = (field) => /(?:^|\s)@([^\s@]*)$/u.exec(field.value.slice(0, field.selectionStart));
const listOf = (field) => field.parentElement.querySelector(".mentions");

function offer(field) {
  listOf(field)?.remove();
  const match = typed(field);
  const names = document.getElementById(field.dataset.mentions)?.content;
  if (!match || !names) return;
  const start = match[1].toLocaleLowerCase();
  const fits = [...names.children].filter((one) => one.textContent.toLocaleLowerCase().startsWith(start)).slice(0, 6);
  if (!fits.length) return;
  const list = document.createElement("div");
  list.className = "mentions line";
  list.setAttribute("role", "listbox");
  list.append(...fits.map((one) => one.cloneNode(true)));
  list.querySelectorAll("button").forEach((one) => { one.className = "btn small"; });
  field.after(list);
}

function take(field, name) {
  const match = typed(field);
  const from = field.selectionStart - (match ? match[1].length : 0);
  field.setRangeText(`${name} `, from, field.selectionStart, "end");
  listOf(field)?.remove();
  field.focus();
}

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("textarea[data-mentions]")) offer(target);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("textarea[data-mentions]");
  const first = field && listOf(field)?.querySelector("button");
  if (!first) return;
  if (event.key === "Escape") listOf(field).remove();
  else if (event.key === "Tab" && !event.shiftKey) {
    event.preventDefault();
    take(field, first.textContent);
  }
});

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest?.(".mentions button");
  if (chosen) take(chosen.closest("form").querySelector("textarea[data-mentions]"), chosen.textContent);
});

// Index tables: a click anywhere in a row follows its link, and ticked rows bring up the bulk bar.
// The link in the row stays the way for keyboards and screen readers.

const CONTROLS = "a, button, input, label, select, summary, details";

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("tr[data-href]");
  if (!row || event.defaultPrevented || event.target.closest(CONTROLS)) return;
  if (String(getSelection())) return; // somebody marks an address to copy it
  if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

document.addEventListener("auxclick", (event) => {
  const row = event.target.closest?.("tr[data-href]");
  if (row && event.button === 1 && !event.target.closest(CONTROLS)) open(row.dataset.href, "_blank", "noopener");
});

// "Back" on a page leads to its list as it was seen last in this window: searched, filtered, sorted, paged.

const keyOf = (path) => `list:${path}`;
const isList = Boolean(document.querySelector("[data-list]"));
if (isList) addEventListener("pagehide", () => sessionStorage.setItem(keyOf(location.pathname), location.search));

for (const back of document.querySelectorAll("a.back")) {
  const came = document.referrer ? new URL(document.referrer) : null; // a window opened from the list knows only this
  const isFromList = came?.origin === location.origin && came.pathname === back.pathname;
  back.search ||= (isFromList ? came.search : sessionStorage.getItem(keyOf(back.pathname))) ?? "";
}

let lastTicked = null;

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("tbody .pick .check")) return;
  const all = boxes(box.closest("table"));
  if (event.shiftKey && all.includes(lastTicked)) {
    const [from, to] = [all.indexOf(lastTicked), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
  }
  lastTicked = box;
});

document.addEventListener("change", ({ target }) => {
  const table = target.closest?.("table.index");
  if (!table || !target.matches(".pick .check")) return;
  if (target.closest("thead")) boxes(table).forEach((box) => { box.checked = target.checked; });
  showCount(table);
});

function boxes(table) {
  return [...table.querySelectorAll("tbody .pick .check")];
}

function showCount(table) {
  const all = boxes(table);
  const count = all.filter((box) => box.checked).length;
  const head = table.querySelector("thead .pick .check");
  if (head) {
    head.checked = count > 0 && count === all.length;
    head.indeterminate = count > 0 && count < all.length;
  }
  const bulk = table.closest(".card, form")?.querySelector(".bulk");
  if (!bulk) return;
  bulk.hidden = count === 0;
  const number = bulk.querySelector("[data-count]");
  if (number) number.textContent = String(count);
}

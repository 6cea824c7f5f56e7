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

// The bar below is a form of its own that the boxes belong to, and is shown by the style sheet.

const ALL = "[data-picks-all]";
let lastTicked = null;

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("tbody .pick .check")) return;
  const all = boxes(box);
  if (event.shiftKey && all.includes(lastTicked)) {
    const [from, to] = [all.indexOf(lastTicked), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
  }
  lastTicked = box;
});

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.(`.pick .check, ${ALL}, .bulk .check`)) return;
  if (target.matches(ALL)) boxes(target).forEach((box) => { box.checked = target.checked; });
  showCount(target.closest(".card"), target);
});

function boxes(within) {
  return [...within.closest(".card").querySelectorAll("tbody .pick .check")];
}

function showCount(card, changed) {
  const all = boxes(card);
  const count = all.filter((box) => box.checked).length;
  for (const head of card.querySelectorAll(ALL)) {
    head.checked = count > 0 && count === all.length;
    head.indeterminate = count > 0 && count < all.length;
  }
  const beyond = card.querySelector(".bulk .all .check");
  if (beyond && changed !== beyond && count < all.length) beyond.checked = false; // one was taken out
  const number = card.querySelector("[data-count]");
  if (number) number.textContent = number.dataset.count.replace("{number}", beyond?.checked ? "" : count);
}

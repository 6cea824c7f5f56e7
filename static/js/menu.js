// Menus are <details data-menu>: they open without this module. It adds closing, arrow keys, and a place
// that no scrolling container cuts off.

const OPEN = "details[data-menu][open]";
const placed = new WeakMap(); // a menu: where its button was when its list was put beside it
const wanted = new WeakMap(); // a menu: the key that was pressed before its lines were here
const lines = (menu) => [...menu.querySelectorAll(".list :is(a[href], button:not([disabled]))")];

function close(menu, { refocus = false } = {}) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus({ preventScroll: true });
}

function place(menu) {
  const list = menu.querySelector(".list");
  if (!menu.closest(".index-wrap, .tabs")) {
    if (list.getBoundingClientRect().left < 8) menu.classList.add("left");
    return;
  }
  const button = menu.querySelector("summary").getBoundingClientRect();
  placed.set(menu, button);
  list.classList.add("placed");
  const { width, height } = list.getBoundingClientRect();
  const below = button.bottom + 4;
  const top = below + height > innerHeight ? Math.max(8, button.top - height - 4) : below;
  list.style.top = `${top}px`;
  list.style.left = `${Math.max(8, button.right - width)}px`;
}

document.addEventListener("toggle", ({ target }) => {
  if (!(target instanceof HTMLDetailsElement) || !target.matches(OPEN)) return;
  document.querySelectorAll(OPEN).forEach((menu) => { if (menu !== target) close(menu); });
  place(target);
}, true);

// A menu whose lines stand elsewhere asks for them once, as soon as it may be opened.

function askForLines({ target }) {
  const menu = target.closest?.("details[data-lines=unasked]");
  if (!menu) return;
  menu.dataset.lines = "asked";
  menu.dispatchEvent(new Event("lines"));
}

for (const sign of ["pointerover", "focusin", "toggle"]) document.addEventListener(sign, askForLines, true);

document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (elt.dataset.lines) elt.dataset.lines = successful ? "here" : "unasked";
});

document.addEventListener("htmx:afterSwap", ({ target }) => {
  const menu = target.closest?.("details[data-lines]");
  if (!menu?.open) return;
  place(menu);
  if (wanted.has(menu)) step(menu, wanted.get(menu));
});

document.addEventListener("click", ({ target }) => {
  document.querySelectorAll(OPEN).forEach((menu) => {
    const chosen = target.closest?.(".list :is(a, button)");
    if (!menu.contains(target) || (chosen && menu.contains(chosen))) close(menu);
  });
});

document.addEventListener("focusin", ({ target }) => {
  document.querySelectorAll(OPEN).forEach((menu) => { if (!menu.contains(target)) close(menu); });
});

function hasMoved(menu) {
  const was = placed.get(menu);
  const now = menu.querySelector("summary").getBoundingClientRect();
  return Boolean(was) && (now.top !== was.top || now.left !== was.left);
}

document.addEventListener("scroll", () => {
  document.querySelectorAll(OPEN).forEach((menu) => {
    if (hasMoved(menu)) close(menu, { refocus: menu.contains(document.activeElement) });
  });
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu]");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    event.preventDefault();
    return close(menu, { refocus: true });
  }
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  if (!menu.open) {
    menu.open = true;
    place(menu); // before the toggle event: a focus where the list is cut off would scroll the page
  }
  step(menu, event.key);
});

function step(menu, key) {
  const all = lines(menu);
  if (!all.length) return void wanted.set(menu, key);
  const at = all.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[key];
  all.at(next % all.length).focus();
}

// A <details data-popover> holds fields and stays open while they are filled in; a click beside it or Escape closes it.

document.addEventListener("click", ({ target }) => {
  document.querySelectorAll("details[data-popover][open]").forEach((open) => {
    if (!open.contains(target)) open.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest?.("details[data-popover][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

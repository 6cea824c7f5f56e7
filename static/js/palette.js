// The search over everything: Ctrl K, Cmd K or "/" opens it, arrows choose, Enter opens. The server finds and
// renders; without JavaScript the link in the top bar leads to the same results as a page.
// Whoever types faster than the server answers never opens what stood there for an earlier text: until the answer
// comes nothing is chosen, and Enter waits for it. An action is not started before it has been seen.

const dialog = document.getElementById("palette");
const text = document.getElementById("palette-text");
const found = document.getElementById("palette-found");
let answered = null; // the text whose results are shown
let isHasty = false; // Enter was pressed before they were

const options = () => [...found.querySelectorAll('[role="option"]')];
const chosen = () => found.querySelector('[aria-selected="true"]');
const isCurrent = () => answered === text.value;
const isTyping = (element) => element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);

function open() {
  if (dialog.open) return;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => { menu.open = false; });
  dialog.showModal();
  text.select();
  if (!found.children.length) text.dispatchEvent(new Event("palette-open"));
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) text.setAttribute("aria-activedescendant", option.id);
  else text.removeAttribute("aria-activedescendant");
}

function move(step) {
  const all = options();
  if (!all.length || !isCurrent()) return;
  const at = all.indexOf(chosen());
  choose(at < 0 ? all.at(step > 0 ? 0 : -1) : all.at((at + step + all.length) % all.length));
}

function enter() {
  if (isCurrent()) chosen()?.click();
  else isHasty = true;
}

function welcome(asked) {
  answered = asked;
  if (!isCurrent()) return;
  // One of several actions is chosen by hand: Enter alone must not send the wrong person a link.
  const all = options();
  const first = all.find((option) => option.matches("a")) ?? (all.length === 1 ? all[0] : undefined);
  choose(first);
  if (isHasty && first?.matches("a")) first.click();
  isHasty = false;
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    const asked = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    if ((!asked && !slash) || document.querySelector("dialog[open]:not(#palette)")) return;
    event.preventDefault();
    open();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-palette-opens]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });

  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      move(steps[event.key]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      enter();
    }
  });
  text.addEventListener("input", () => {
    isHasty = false;
    if (!isCurrent()) choose(null);
  });
  dialog.addEventListener("close", () => { isHasty = false; });

  found.addEventListener("pointermove", ({ target }) => {
    const option = target.closest('[role="option"]');
    if (option && option !== chosen()) choose(option);
  });
  found.addEventListener("click", ({ target }) => {
    if (target.closest("button[role='option']")) dialog.close();
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target === found) welcome(detail.requestConfig.parameters.q);
  });
}

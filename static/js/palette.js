// The search over everything: Ctrl K, Cmd K or "/" opens it, arrows choose, Enter opens. The server finds and
// renders; without JavaScript the link in the top bar leads to the same results as a page.

const dialog = document.getElementById("palette");
const text = document.getElementById("palette-text");
const found = document.getElementById("palette-found");

const options = () => [...found.querySelectorAll('[role="option"]')];
const chosen = () => found.querySelector('[aria-selected="true"]');
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
  if (!all.length) return;
  const at = all.indexOf(chosen());
  choose(all.at((at + step + all.length) % all.length));
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
      chosen()?.click();
    }
  });

  found.addEventListener("pointermove", ({ target }) => {
    const option = target.closest('[role="option"]');
    if (option && option !== chosen()) choose(option);
  });
  found.addEventListener("click", ({ target }) => {
    if (target.closest("button[role='option']")) dialog.close();
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target === found) choose(options()[0]);
  });
}

// A form with a save bar or data-asks knows whether something in it differs from what the server sent (data-dirty).
// Nobody loses that without being asked: not by leaving the page, nor when htmx puts something else in its place.
// The save bar floats over the page's foot (form[data-dirty] in desk.css), so nothing moves when it comes.

const BAR = "[data-savebar]";
const WATCHED = "form[data-asks], form:has([data-savebar])";
const DIRTY = "form[data-dirty]";
const dirtyIn = (part) => [part, ...part.querySelectorAll(DIRTY)].filter((one) => one.matches(DIRTY));

function differs(field) {
  if (!field.name || field.name === "csrfmiddlewaretoken") return false;
  if (field.type === "file") return field.files.length > 0;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
  if (field.type === "color") return field.value.toLowerCase() !== field.defaultValue.toLowerCase();
  return "defaultValue" in field && field.value !== field.defaultValue;
}

// What came back with errors was typed by a person and is not saved yet.
const isUnsaved = (form) => "unsaved" in form.dataset || Boolean(form.querySelector('[aria-invalid="true"]'));
const update = (form) => form.toggleAttribute("data-dirty", isUnsaved(form) || [...form.elements].some(differs));

function watch(form) {
  if (form.dataset.watched) return;
  form.dataset.watched = "yes";
  form.addEventListener("input", () => update(form));
  form.addEventListener("change", () => update(form));
  form.addEventListener("reset", () => {
    if (!isUnsaved(form)) return setTimeout(() => update(form));
    form.removeAttribute("data-dirty"); // nothing here is what the server has: fetch that
    location.assign(location.href);
  });
  form.addEventListener("submit", () => form.removeAttribute("data-dirty"));
  update(form);
}

function watchAll(root) {
  if (root.matches?.(WATCHED)) watch(root);
  root.querySelectorAll(WATCHED).forEach(watch);
}

watchAll(document);
document.addEventListener("htmx:load", ({ detail }) => watchAll(detail.elt));
addEventListener("pageshow", () => document.querySelectorAll(WATCHED).forEach(update)); // Back brings text along

addEventListener("beforeunload", (event) => {
  if (document.querySelector(DIRTY)) event.preventDefault();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  const lost = target?.isConnected ? dirtyIn(target).filter((form) => form !== elt) : [];
  if (!lost.length) return;
  const isAskedFor = elt.matches("a, button, form"); // else it happens by itself, and may wait
  if (!isAskedFor || !confirm(document.getElementById("toasts").dataset.unsaved)) event.preventDefault();
});

// What comes along with an answer may wait until the next time.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (dirtyIn(event.detail.target).length) event.detail.shouldSwap = false;
});

// The session is over, or the answer did not come: what was typed is still to be saved.
const keep = ({ detail }) => detail.elt.matches?.(WATCHED) && update(detail.elt);
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")?.includes("/login/")) keep(event);
});
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(failure, keep);

document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form") ?? document.querySelector(DIRTY);
  if (!form?.querySelector(BAR)) return;
  event.preventDefault();
  form.requestSubmit();
});

// A form with a save bar shows it once something differs from what the server sent, and asks before it is left.
// The bar floats over the page's foot (form[data-dirty] in desk.css), so nothing moves when it comes.

const BAR = "[data-savebar]";

function snapshot(form) {
  const values = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(values.map(([name, value]) => [name, value instanceof File ? `${value.name}:${value.size}` : value]));
}

function watch(bar) {
  const form = bar.closest("form");
  if (!form || form.dataset.watched) return;
  form.dataset.watched = "yes";
  // What came back with errors was typed by a person and is not saved yet.
  const before = form.querySelector('[aria-invalid="true"]') || "unsaved" in form.dataset ? null : snapshot(form);
  const update = () => form.toggleAttribute("data-dirty", snapshot(form) !== before);
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("reset", () => {
    if (before !== null) return setTimeout(update);
    form.removeAttribute("data-dirty"); // nothing here is what the server has: fetch that
    location.assign(location.href);
  });
  form.addEventListener("submit", () => form.removeAttribute("data-dirty"));
  update();
}

const watchAll = (root) => root.querySelectorAll(BAR).forEach(watch);
watchAll(document);
document.addEventListener("htmx:load", ({ detail }) => watchAll(detail.elt));

addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form") ?? document.querySelector("form[data-dirty]");
  if (!form?.querySelector(BAR)) return;
  event.preventDefault();
  form.requestSubmit();
});

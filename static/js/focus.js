// When htmx replaces the part of the page in which the focus is, the focus would fall back to the top. It is put
// on the first field that is wrong, or on what is wrong with the whole form, which may be far above its button; else
// on the same thing in the new part; else on the first field that was asked for; else on what opens the form that is
// closed now (data-edit); else on the part itself.

// The boxes of a list choose rows; nobody asked for them.
const FIELD = ":is(input:not([type=hidden]), select, textarea):not(.pick *, .bulk *)";
let lost = null;

function samePlace(element) {
  const form = element.closest("form[action]");
  const within = form ? `form[action="${CSS.escape(form.getAttribute("action"))}"] ` : "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) return `${within}[name="${CSS.escape(element.name)}"]`;
  if (element.hasAttribute("href")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  return within && `${within}button`;
}

function note({ detail }) {
  const focused = document.activeElement;
  if (!detail.shouldSwap || focused === document.body || !detail.target.contains(focused)) return;
  lost = { place: samePlace(focused), isAsked: detail.requestConfig?.verb === "get", part: detail.target.id };
}

document.addEventListener("htmx:beforeSwap", note);
document.addEventListener("htmx:oobBeforeSwap", note); // a list's tabs and filters come along with its rows

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!lost) return;
  const { place, isAsked, part: id } = lost;
  lost = null;
  if (document.activeElement !== document.body) return;
  const same = (id && document.getElementById(id)) || document.getElementById(detail.elt.id);
  const part = same ?? (detail.elt.isConnected ? detail.elt : null);
  const wrong = part?.querySelector("[aria-invalid=true]") ?? part?.querySelector(".errors, #changed-meanwhile");
  const field = isAsked ? part?.querySelector(FIELD) : null;
  const next = wrong ?? (place && part?.querySelector(place)) ?? field ?? part?.querySelector("[data-edit]") ?? part;
  if (!next) return;
  if (next.tabIndex < 0) next.tabIndex = -1; // a part or a notice has the focus only when its markup says so
  next.focus({ preventScroll: next === part });
});

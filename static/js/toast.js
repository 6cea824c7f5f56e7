// Short messages at the foot of the page: Django's messages, and the `toast` event that an answer sends.
// Good news leaves by itself and waits while someone reads it; bad news stays until it is closed.

const STAYS_FOR = 6000;
const region = document.getElementById("toasts");
const template = document.getElementById("toast-template");
const LEVELS = { success: "ok", info: "ok", debug: "ok", error: "bad", warning: "warn" };

export function toast(text, level = "ok") {
  if (!region || !text) return;
  const element = template.content.firstElementChild.cloneNode(true);
  level = LEVELS[level] ?? level;
  element.classList.add(level);
  element.querySelector("span").textContent = text;
  for (const kind of ["ok", "warn", "bad"]) {
    if (kind !== level) element.querySelector(`.for-${kind}`)?.remove();
  }
  region.append(element);
  keep(element);
}

function keep(element) {
  element.querySelector("button")?.addEventListener("click", () => element.remove());
  if (element.classList.contains("bad")) return;
  let timer;
  const start = () => { timer = setTimeout(() => element.remove(), STAYS_FOR); };
  const stop = () => clearTimeout(timer);
  element.addEventListener("pointerenter", stop);
  element.addEventListener("pointerleave", start);
  element.addEventListener("focusin", stop);
  element.addEventListener("focusout", start);
  start();
}

function adopt(element) {
  const button = template.content.querySelector("button").cloneNode(true);
  element.append(button);
  keep(element);
}

region?.querySelectorAll(".toast").forEach(adopt);

document.addEventListener("toast", ({ detail }) => {
  const toasts = detail.toasts ?? [{ text: detail.text ?? detail.value, level: detail.level }];
  for (const { text, level } of toasts) toast(text, level);
});
document.addEventListener("htmx:sendError", () => toast(region.dataset.offline, "bad"));
document.addEventListener("htmx:timeout", () => toast(region.dataset.offline, "bad"));
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (!detail.xhr.getResponseHeader("HX-Trigger")) toast(region.dataset.failed, "bad");
});

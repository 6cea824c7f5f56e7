// What the page asks for by itself – every few seconds, or because a part of it has changed – says so: only what a
// person does puts off their sign-out (STAFF_IDLE_HOURS).

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.triggeringEvent?.isTrusted) detail.headers["X-Unattended"] = "1";
});

// Improves a password field that already works: "Show" beside it, and how strong the new password looks.
// <input data-password data-show="Show" data-hide="Hide"> and, for a new password,
// data-meter="words,for,each,step" (five words from too short to strong). The server alone decides.

function score(value, least) {
  if (value.length < least) return 0;
  const kinds = [/[a-zäöüß]/, /[A-ZÄÖÜ]/, /\d/, /[^\wäöüß]/i].filter((kind) => kind.test(value)).length;
  const variety = new Set(value).size;
  if (variety < 5) return 1;
  const points = value.length + kinds * 2 + (variety > 9 ? 2 : 0);
  if (points >= 26) return 4;
  return points >= 20 ? 3 : 2;
}

function addShow(input) {
  const wrap = document.createElement("span");
  wrap.className = "affix";
  input.replaceWith(wrap);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = input.dataset.show;
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? input.dataset.hide : input.dataset.show;
  });
  input.form?.addEventListener("submit", () => { input.type = "password"; });
  wrap.append(input, button);
  return wrap;
}

function addMeter(input, after) {
  const words = input.dataset.meter.split("|");
  const meter = document.createElement("span");
  meter.className = "meter";
  meter.setAttribute("aria-hidden", "true");
  meter.append(...Array.from({ length: 4 }, () => document.createElement("i")));
  const word = document.createElement("span");
  word.className = "help meter-word";
  word.setAttribute("role", "status");
  word.textContent = "\u00a0";
  after.after(meter, word);
  const show = () => {
    const points = score(input.value, Number(input.dataset.least ?? 10));
    const shown = input.value ? Math.max(points, 1) : 0;
    meter.dataset.score = shown;
    meter.querySelectorAll("i").forEach((step, at) => step.classList.toggle("on", at < shown));
    word.textContent = input.value ? words[points] ?? "\u00a0" : "\u00a0";
  };
  input.addEventListener("input", show);
  show();
}

for (const input of document.querySelectorAll("input[data-password]")) {
  const focused = input === document.activeElement;
  const outer = input.dataset.show ? addShow(input) : input;
  if (input.dataset.meter) addMeter(input, outer);
  if (focused) input.focus();
}

// Settings › Shop: the sample button follows the colour while it is being picked. The server decides the same way.

const field = document.querySelector("[data-colour]");
const [ground, words] = document.querySelectorAll("[data-colour-sample] > *");

const linear = (channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function show() {
  const colour = field.value;
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return;
  const light = luminance(colour) + 0.05;
  ground.setAttribute("fill", colour);
  words.setAttribute("fill", 1.05 / light >= light / 0.05 ? "#ffffff" : "#000000");
}

if (field && ground) {
  field.addEventListener("input", show);
  field.form.addEventListener("reset", () => setTimeout(show));
}

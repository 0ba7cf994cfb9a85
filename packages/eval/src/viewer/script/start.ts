/** Loads the sprites, then listens. Keys work everywhere except where a control has its own use for them. */
export const START: string = String.raw`
const maps = [...document.querySelectorAll(".map")];
const KEYS = {
  ArrowLeft: () => moveTo(Number(slider.value) - 1),
  ArrowRight: () => moveTo(Number(slider.value) + 1),
  Home: () => moveTo(0),
  End: () => moveTo(last),
  " ": play,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const taken = event.key === " " ? "button, input[type=checkbox]" : "input[type=range]";
  const act = KEYS[event.key];
  if (act === undefined || event.target.closest(taken) !== null) return;
  event.preventDefault();
  act();
});
slider.addEventListener("input", show);
playButton.addEventListener("click", play);
mark.addEventListener("change", show);
maps.forEach((button) => button.addEventListener("click", () => choose(button)));

/** One map at a time; the same button again takes it off. */
function choose(chosen) {
  const on = chosen.getAttribute("aria-pressed") !== "true";
  maps.forEach((button) => button.setAttribute("aria-pressed", String(on && button === chosen)));
  show();
}

async function load(camera) {
  camera.picture = new Image();
  camera.picture.src = camera.address;
  await camera.picture.decode();
}
Promise.all(episodes.flatMap(({ cameras }) => cameras.map(load))).then(show);
`;

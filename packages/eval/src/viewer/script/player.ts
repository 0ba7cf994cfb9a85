/** Holds which call is shown, and moves on by slider, keys or clock. */
export const PLAYER: string = String.raw`
const MILLISECONDS_A_CALL = 250;
const episodes = JSON.parse(document.getElementById("data").textContent);
const sections = [...document.querySelectorAll(".episode")];
const slider = document.getElementById("slider");
const playButton = document.getElementById("play");
const mark = document.getElementById("mark");
const last = Number(slider.max);
const largest = Math.max(1e-9, ...episodes.flatMap(({ calls }) => calls.flatMap(({ action }) => action.map(Math.abs))));
let timer = null;

function choiceNow() {
  return { mark: mark.checked, map: document.querySelector(".map[aria-pressed=true]")?.dataset.map ?? "" };
}

function showEpisode(section, { cameras, calls }, index) {
  const at = Math.min(index, calls.length - 1);
  const over = index >= calls.length;
  const call = calls[at];
  const choice = choiceNow();
  section.querySelectorAll("figure").forEach((figure, place) => {
    drawCamera(figure, cameras[place], call, place, at, choice);
  });
  section.classList.toggle("over", over);
  section.querySelector(".call").textContent = describe(call, over);
  section.querySelector(".cursor").setAttribute("x", String(10 * at));
  showAction(section.querySelector(".actions"), call.action, largest);
}

function show() {
  const index = Number(slider.value);
  const text = "call " + (index + 1) + " of " + (last + 1);
  document.getElementById("position").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  sections.forEach((section, place) => showEpisode(section, episodes[place], index));
}

function moveTo(index) {
  slider.value = String(Math.max(0, Math.min(last, index)));
  show();
}

function stop() {
  clearInterval(timer);
  timer = null;
  playButton.textContent = "Play";
  playButton.setAttribute("aria-pressed", "false");
}

function play() {
  if (timer !== null) return stop();
  if (Number(slider.value) === last) moveTo(0);
  playButton.textContent = "Pause";
  playButton.setAttribute("aria-pressed", "true");
  timer = setInterval(() => {
    if (Number(slider.value) >= last) return stop();
    moveTo(Number(slider.value) + 1);
  }, MILLISECONDS_A_CALL);
}
`;

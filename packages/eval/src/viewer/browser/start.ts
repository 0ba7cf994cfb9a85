/** Loads the sprites, then listens. Keys work everywhere except where a control has its own use for them. */
import { partsOf } from "./elements.ts";
import { loadSprite } from "./pictures.ts";
import { episodes, last, mark, moveTo, play, playButton, show, slider } from "./player.ts";

const maps = partsOf(document, ".map");

const KEYS: Readonly<Record<string, () => void>> = {
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
  if (act === undefined || (event.target as Element).closest(taken) !== null) return;
  event.preventDefault();
  act();
});
slider.addEventListener("input", show);
playButton.addEventListener("click", play);
mark.addEventListener("change", show);
for (const button of maps) button.addEventListener("click", () => choose(button));

/** One map at a time; the same button again takes it off. */
function choose(chosen: HTMLElement): void {
  const on = chosen.getAttribute("aria-pressed") !== "true";
  for (const button of maps) button.setAttribute("aria-pressed", String(on && button === chosen));
  show();
}

const pictures = episodes.flatMap(({ cameras }) => cameras.map(loadSprite));
void Promise.all(pictures).then(show);

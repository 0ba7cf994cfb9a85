/** Holds which call is shown, and moves on by slider, keys or clock. */
import type { ScoreName, ViewerEpisode } from "../page-data.ts";
import { byId, partOf, partsOf } from "./elements.ts";
import { drawCamera } from "./pictures.ts";
import type { Choice } from "./pictures.ts";
import { describe, showAction } from "./readings.ts";

const MILLISECONDS_A_CALL = 250;

export const episodes = JSON.parse(byId("data").textContent) as readonly ViewerEpisode[];
export const slider = byId("slider") as HTMLInputElement;
export const playButton = byId("play");
export const mark = byId("mark") as HTMLInputElement;
export const last = Number(slider.max);
const sections = partsOf(document, ".episode");
const numbers = episodes.flatMap(({ calls }) => calls.flatMap(({ action }) => action.map(Math.abs)));
const largest = Math.max(1e-9, ...numbers);
let timer: number | null = null;

function choiceNow(): Choice {
  const map = document.querySelector<HTMLElement>(".map[aria-pressed=true]")?.dataset["map"];
  return { mark: mark.checked, map: (map ?? null) as ScoreName | null };
}

function showEpisode(section: HTMLElement, { cameras, calls }: ViewerEpisode, index: number): void {
  const at = Math.min(index, calls.length - 1);
  const over = index >= calls.length;
  const call = calls[at];
  if (call === undefined) return;
  const choice = choiceNow();
  for (const [place, figure] of partsOf(section, "figure").entries()) {
    const camera = cameras[place];
    if (camera !== undefined) drawCamera(figure, camera, call, call.views[place] ?? null, at, choice);
  }
  section.classList.toggle("over", over);
  partOf(section, ".call").textContent = describe(call, over);
  partOf(section, ".cursor").setAttribute("x", String(10 * at));
  showAction(partOf(section, ".actions"), call.action, largest);
}

export function show(): void {
  const index = Number(slider.value);
  const text = `call ${index + 1} of ${last + 1}`;
  byId("position").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  for (const [place, section] of sections.entries()) {
    const episode = episodes[place];
    if (episode !== undefined) showEpisode(section, episode, index);
  }
}

/** Shows a call; beyond the ends, the first or the last one. */
export function moveTo(index: number): void {
  slider.value = String(Math.max(0, Math.min(last, index)));
  show();
}

function stop(): void {
  if (timer !== null) clearInterval(timer);
  timer = null;
  playButton.textContent = "Play";
  playButton.setAttribute("aria-pressed", "false");
}

/** Plays from here, or stops playing. */
export function play(): void {
  if (timer !== null) return stop();
  if (Number(slider.value) === last) moveTo(0);
  playButton.textContent = "Pause";
  playButton.setAttribute("aria-pressed", "true");
  timer = setInterval(() => {
    if (Number(slider.value) >= last) return stop();
    moveTo(Number(slider.value) + 1);
  }, MILLISECONDS_A_CALL);
}

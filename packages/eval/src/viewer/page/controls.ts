import type { ScoreName } from "../page-data.ts";
import type { EpisodeTrace } from "../types.ts";

const MAPS: Readonly<Record<ScoreName, string>> = {
  semantic: "semantic score",
  forecast: "action forecast",
  action: "action attention",
};

/** Slider, play button and what is laid over the pictures. A map that no call reported cannot be chosen. */
export function controls(traces: readonly EpisodeTrace[]): string {
  const calls = Math.max(...traces.map((trace) => trace.calls.length));
  const choices = (Object.keys(MAPS) as ScoreName[]).map((name) => {
    const there = traces.some((trace) =>
      trace.calls.some(({ views }) => views.some(({ scores }) => scores[name] !== null)),
    );
    return `<button type="button" class="map" data-map="${name}" aria-pressed="false"${there ? "" : ' disabled title="not reported"'}><span class="swatch" style="background:linear-gradient(90deg,#26292d,var(--${name}))"></span>${MAPS[name]}</button>`;
  });
  return `<section class="controls" aria-label="Playback">
<button id="play" type="button" aria-pressed="false">Play</button>
<input id="slider" type="range" min="0" max="${calls - 1}" value="0" step="1" aria-label="Call of the model">
<output id="position" for="slider" class="numbers">call 1 of ${calls}</output>
<label><input id="mark" type="checkbox" checked>mark kept patches</label>
<div class="maps" role="group" aria-label="Heat map">${choices.join("")}</div>
</section>`;
}

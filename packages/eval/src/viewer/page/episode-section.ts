import { callMilliseconds } from "../../closed-loop/call-milliseconds.ts";
import { meanOf, medianOf } from "../../statistics.ts";
import { keptShare } from "../call-numbers.ts";
import { escapeHtml, factList } from "../html.ts";
import type { ViewerEpisode } from "../page-data.ts";
import type { EpisodeTrace } from "../types.ts";
import { timeline } from "./timeline.ts";

/** One column of the report: outcome, cameras, and places that the script fills for the chosen call. */
export function episodeSection(trace: EpisodeTrace, { cameras }: ViewerEpisode, index: number): string {
  const { label, outcome, calls } = trace;
  const badge = outcome.success
    ? `<span class="badge success">✓ solved in ${outcome.steps} steps</span>`
    : `<span class="badge">✗ not solved in ${outcome.steps} steps</span>`;
  return `<section class="episode" data-episode="${index}" aria-label="${escapeHtml(label)}">
<div class="title"><h2>${escapeHtml(label)}</h2>${badge}</div>
${factList(factsOf(trace))}
<div class="cameras">${cameras.map(figure).join("")}</div>
<p class="call"></p>
${timeline(calls)}
<div class="actions" role="group" aria-label="First action of the chunk"></div>
</section>`;
}

function figure({ name, width, height }: ViewerEpisode["cameras"][number]): string {
  const layers = ["frame", "heat", "marks"].map((layer) => `<canvas class="${layer}"></canvas>`).join("");
  const label = escapeHtml(name);
  return `<figure><div class="picture" role="img" aria-label="Camera ${label}" style="aspect-ratio:${width}/${height}">${layers}</div>
<figcaption>${label}<span class="quiet"></span></figcaption></figure>`;
}

function factsOf({ calls }: EpisodeTrace): Record<string, string> {
  const dense = calls.filter(({ decision }) => decision === "dense").length;
  const object = meanOf(calls.map(({ objectKept }) => objectKept));
  const overlap = meanOf(calls.map((call) => call.overlap));
  return {
    "tokens kept": percent(meanOf(calls.map(keptShare)) ?? 1),
    calls: `${calls.length}, ${dense} of them dense`,
    "ms a call": medianOf(calls.map(callMilliseconds)).toFixed(1),
    ...(object !== null && { "object’s tokens kept": percent(object) }),
    ...(overlap !== null && { "overlap with the call before": percent(overlap) }),
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

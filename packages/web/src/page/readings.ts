import type { ShownCall } from "../messages.ts";
import { byId, element } from "./elements.ts";
import { drawChart } from "./latency-chart.ts";
import type { TimedCall } from "./latency-chart.ts";

/** Stages of a call, in order, in words. */
const STAGES: readonly (readonly [stage: string, words: string])[] = [
  ["prepare", "pictures and text"],
  ["encodeVision", "vision towers"],
  ["prefillHead", "layers below the cut"],
  ["select", "choosing patches"],
  ["act", "layers above it, action"],
];

const REASONS: Readonly<Record<string, string>> = {
  "keep-all": "everything is kept",
  "retention-1": "everything is kept",
  pruned: "by this pruner's own score",
  "warm-up": "its forecast has seen too few calls yet",
  "warm-up-semantic": "by the instruction alone, until the hands' forecast has seen three calls",
  combined: "by the instruction and by where the hands are expected to look",
};

/** What is measured, as numbers, words and bars. */
export class Readings {
  #calls: TimedCall[] = [];

  clear(): void {
    this.#calls = [];
    for (const id of ["kept", "now", "dense", "gain", "decision"]) byId(id).textContent = "–";
    byId("reason").textContent = "no call yet";
    byId("decision").className = "badge";
    drawChart(byId("chart"), byId("axis"), []);
    byId("stages").replaceChildren();
  }

  add(call: ShownCall): void {
    const { milliseconds, dense, decision } = call;
    this.#calls.push({ milliseconds, dense, decision });
    const vision = call.views.reduce((sum, { count }) => sum + count, 0);
    byId("kept").textContent = `${call.keep.length} of ${vision}`;
    byId("now").textContent = `${Math.round(milliseconds)} ms`;
    byId("dense").textContent = dense === null ? "–" : `${Math.round(dense)} ms`;
    byId("gain").textContent = gainOf(this.#calls);
    byId("decision").textContent = decision;
    byId("decision").className = `badge is-${decision}`;
    byId("reason").textContent = REASONS[call.reason] ?? call.reason;
    drawChart(byId("chart"), byId("axis"), this.#calls);
    showStages(call.timings, milliseconds);
  }
}

/** Median of the ratios, of calls that were pruned and had a dense one beside them. */
function gainOf(calls: readonly TimedCall[]): string {
  const ratios = calls
    .flatMap(({ decision, dense, milliseconds }) =>
      decision === "pruned" && dense !== null ? [dense / milliseconds] : [],
    )
    .toSorted((a, b) => a - b);
  const median = ratios[Math.floor(ratios.length / 2)];
  return median === undefined ? "–" : `${median.toFixed(2)} ×`;
}

function showStages(timings: Readonly<Record<string, number>>, total: number): void {
  const rows = STAGES.map(([stage, words]) => {
    const time = timings[stage] ?? 0;
    const bar = element("i", { style: `width:${((100 * time) / Math.max(1, total)).toFixed(1)}%` });
    return element(
      "div",
      { class: "stage-row" },
      element("span", {}, words),
      element("span", { class: "track" }, bar),
      element("span", { class: "numbers" }, `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`),
    );
  });
  byId("stages").replaceChildren(...rows);
}

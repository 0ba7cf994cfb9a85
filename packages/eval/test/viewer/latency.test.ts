import assert from "node:assert/strict";
import { episodeReport } from "../../src/index.ts";
import type { EpisodeTrace } from "../../src/index.ts";
import { madeUpEpisode } from "../support/made-up-episode.ts";

/** The same episode with given times of vision encoder, cut layers and selection. */
function timed(
  trace: EpisodeTrace,
  label: string,
  times: readonly (readonly [number, number, number])[],
): EpisodeTrace {
  const calls = trace.calls.map((call, index) => {
    const [encodeVision = 0, act = 0, select = 0] = times[index] ?? [];
    return { ...call, timings: { encodeVision, act, select } };
  });
  return { ...trace, label, calls };
}

describe("latency of a report", () => {
  it("gives medians by stage, and the change where there are two episodes", async () => {
    const trace = await madeUpEpisode(3, 1);
    const dense = timed(trace, "dense", [
      [10, 40, 0],
      [12, 44, 0],
      [900, 900, 0],
    ]);
    const pruned = timed(trace, "pruned", [
      [12, 11, 1],
      [12, 15, 1],
      [12, 15, 1],
    ]);
    const html = episodeReport([dense, pruned], { model: "tiny" });
    const cells = (label: string): string[] => {
      const row = html.split("<tr>").find((line) => line.includes(`${label}</th>`)) ?? "";
      return [...row.matchAll(/<td>([^<]*)<\/td>/gu)].map(([, text = ""]) => text);
    };
    assert.deepEqual(cells("vision encoder"), ["12.00", "12.00", "±0 %"]);
    assert.deepEqual(cells("layers after the cut and action"), ["44.00", "15.00", "−66 %"]);
    assert.deepEqual(cells("selection"), ["0.00", "1.00", "–"]);
    assert.deepEqual(cells("whole call"), ["56.00", "28.00", "−50 %"]);
  });

  it("needs no timings", async () => {
    const trace = timed(await madeUpEpisode(1, 1), "untimed", []);
    const html = episodeReport([{ ...trace, calls: trace.calls.map((call) => ({ ...call, timings: {} })) }], {
      model: "tiny",
    });
    assert.doesNotMatch(html, /NaN|Infinity/u);
  });
});

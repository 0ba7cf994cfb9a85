import { VlaPrunerError } from "@vla-pruner/format";
import { page } from "./page/page.ts";
import type { EpisodeTrace, ReportMeta } from "./types.ts";
import { viewerEpisode } from "./viewer-data.ts";

/**
 * One HTML file that shows episodes call by call: cameras, kept patches, heat maps, actions, latency. It loads
 * nothing from anywhere. Several traces stand side by side under one slider, for example dense and pruned.
 *
 * Patches are taken to cover the whole picture: a policy that crops its frames first shows them slightly off.
 *
 * @param traces episodes of one task and seed, each with at least one call
 * @throws `invalid-option` without a call to show, `image-invalid` when a camera changes its resolution
 */
export function episodeReport(traces: readonly EpisodeTrace[], meta: ReportMeta): string {
  const [first, ...others] = traces;
  const empty = traces.find(({ calls }) => calls.length === 0);
  if (first === undefined || empty !== undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: "traces of at least one call each",
      found: empty === undefined ? "no trace" : `none in "${empty.label}"`,
      fix: "pass traceRecorder().onCall to runEpisode before the episode starts",
    });
  }
  return page([first, ...others], traces.map(viewerEpisode), meta);
}

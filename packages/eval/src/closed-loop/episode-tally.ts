import type { DraftResult } from "@vla-pruner/core";
import { meanOf, medianOf } from "../statistics.ts";
import type { DraftTally, EpisodeOutcome, ModelCall } from "./types.ts";

/** Sums the calls of an episode up. */
export class EpisodeTally {
  readonly #calls: Pick<ModelCall, "objectKept" | "overlap">[] = [];
  readonly #timings = new Map<string, number[]>();
  #dense = 0;
  #drafts: DraftTally | undefined;

  add({ objectKept, overlap, result }: ModelCall): void {
    this.#calls.push({ objectKept, overlap });
    if (result.decision === "dense") this.#dense += 1;
    if (result.draft !== undefined) this.#drafts = withDraft(this.#drafts, result.draft);
    for (const [stage, milliseconds] of Object.entries(result.timings)) {
      const known = this.#timings.get(stage) ?? [];
      known.push(milliseconds);
      this.#timings.set(stage, known);
    }
  }

  summary(): Pick<EpisodeOutcome, "calls" | "denseCalls" | "objectKept" | "overlap" | "drafts" | "timings"> {
    const timings = [...this.#timings].map(([stage, values]) => [stage, medianOf(values)] as const);
    return {
      calls: this.#calls.length,
      denseCalls: this.#dense,
      objectKept: meanOf(this.#calls.map(({ objectKept }) => objectKept)),
      overlap: meanOf(this.#calls.map(({ overlap }) => overlap)),
      ...(this.#drafts && { drafts: this.#drafts }),
      timings: Object.fromEntries(timings),
    };
  }
}

const NO_DRAFTS: DraftTally = { calls: 0, verified: 0, accepted: 0, of: 0 };

function withDraft(
  before: DraftTally = NO_DRAFTS,
  { verified, accepted, of, passes }: DraftResult,
): DraftTally {
  return {
    calls: before.calls + 1,
    verified: before.verified + Number(verified),
    accepted: before.accepted + accepted,
    of: before.of + of,
    ...(passes !== undefined && { passes: (before.passes ?? 0) + passes }),
  };
}

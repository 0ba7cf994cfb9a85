import { meanOf, medianOf } from "../statistics.ts";
import type { EpisodeOutcome, ModelCall } from "./types.ts";

/** Sums the calls of an episode up. */
export class EpisodeTally {
  readonly #calls: Pick<ModelCall, "objectKept" | "overlap">[] = [];
  readonly #timings = new Map<string, number[]>();
  #dense = 0;

  add({ objectKept, overlap, result }: ModelCall): void {
    this.#calls.push({ objectKept, overlap });
    if (result.decision === "dense") this.#dense += 1;
    for (const [stage, milliseconds] of Object.entries(result.timings)) {
      const known = this.#timings.get(stage) ?? [];
      known.push(milliseconds);
      this.#timings.set(stage, known);
    }
  }

  summary(): Pick<EpisodeOutcome, "calls" | "denseCalls" | "objectKept" | "overlap" | "timings"> {
    const timings = [...this.#timings].map(([stage, values]) => [stage, medianOf(values)] as const);
    return {
      calls: this.#calls.length,
      denseCalls: this.#dense,
      objectKept: meanOf(this.#calls.map(({ objectKept }) => objectKept)),
      overlap: meanOf(this.#calls.map(({ overlap }) => overlap)),
      timings: Object.fromEntries(timings),
    };
  }
}

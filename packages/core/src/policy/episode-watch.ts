import type { PolicyEmitter } from "../events.ts";
import type { ObservationInput } from "../observation.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { Warn } from "../vla-adapter.ts";

/** Seconds without a step after which one may have been forgotten to say that a new run of the task began. */
export const EPISODE_GAP = 5;

/** What an episode watches with. */
export interface WatchParts {
  readonly id: string;
  readonly pruner: TokenPruner;
  /** Whether each call chooses for the next. */
  readonly selectAhead: boolean;
  /** Seconds. */
  readonly gap: number;
  /** Takes each warning once. */
  readonly events: PolicyEmitter;
}

/**
 * Keeps warnings from being repeated, and looks for a forgotten `reset`: another instruction, or a long rest between
 * two steps. The memory of one run would go on into the next, and prune by it.
 */
export class EpisodeWatch {
  readonly #parts: WatchParts;
  readonly #remembers: boolean;
  readonly #warned = new Set<string>();
  #instruction: string | undefined;
  #ended: number | undefined;

  constructor(parts: WatchParts) {
    const { temporal, memory, retention } = parts.pruner;
    this.#parts = parts;
    const looksBack = temporal !== undefined || memory !== undefined || parts.selectAhead;
    this.#remembers = looksBack && retention !== 1;
  }

  readonly warn: Warn = (code, message) => {
    if (this.#warned.has(code)) return;
    this.#warned.add(code);
    this.#parts.events.warn({ episode: this.#parts.id, code, message });
  };

  /** Before a step. */
  look(observation: ObservationInput): void {
    if (!this.#remembers) return; // each step stands for itself
    const before = this.#instruction;
    const now = observation?.instruction;
    const goesOn =
      "without a reset; what was remembered goes on: call reset() where a new run of the task begins";
    if (before !== undefined && now !== undefined && now !== before)
      this.warn(
        "instruction-changed",
        `the instruction changed from ${JSON.stringify(before)} to ${JSON.stringify(now)} ${goesOn}`,
      );
    const rest = this.#ended === undefined ? 0 : (performance.now() - this.#ended) / 1000;
    if (rest > this.#parts.gap)
      this.warn("episode-gap", `${rest.toFixed(1)} s without a step, and ${goesOn}`);
  }

  /** After a completed step. */
  note({ instruction }: ObservationInput): void {
    this.#instruction = instruction ?? this.#instruction;
    this.#ended = performance.now();
  }

  /** At a reset, or a restore. */
  forget(): void {
    this.#instruction = undefined;
    this.#ended = undefined;
    this.#warned.clear();
  }
}

import type { Episode, ObservationInput, StepResult } from "@vla-pruner/core";
import { checkOptions, VlaPrunerError } from "@vla-pruner/format";

export interface RefillingQueueOptions {
  /** The next call begins when so many actions of the chunk are left. Default: half of the chunk. */
  readonly ahead?: number;
  /** Share of the old chunk, 0 … 1, in actions that both chunks have. Default 0: the new one alone. */
  readonly blend?: number;
}

/** The action to execute now. */
export interface RefilledAction {
  /** Robot units. */
  readonly action: readonly number[];
  /** Whether the chunk had run out, so that the robot stood still for this action. */
  readonly waited: boolean;
  /** Results that came in since the action before. */
  readonly results: readonly StepResult[];
}

type Actions = readonly (readonly number[])[];
interface Refill {
  /** Number of the action that the observation was made for. */
  readonly at: number;
  readonly done: Promise<void>;
}

/**
 * Executes chunks without standing still: the next chunk is asked for while this one lasts, and of what comes the
 * actions that have passed meanwhile are left out (real-time chunking). One call at a time, so that a memory sees its
 * steps in order.
 */
export class RefillingQueue {
  readonly #episode: Pick<Episode, "act">;
  readonly #ahead: number | undefined;
  readonly #blend: number;
  #left: Actions = [];
  #given = 0;
  #length = 0;
  #refill: Refill | null = null;
  #arrived: { readonly at: number; readonly result: StepResult } | null = null;
  #failure: { readonly error: unknown } | null = null;
  #clearings = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws `invalid-option` */
  constructor(episode: Pick<Episode, "act">, options: RefillingQueueOptions = {}) {
    checkOptions("RefillingQueue", options, ["ahead", "blend"]);
    const { ahead, blend = 0 } = options;
    if (ahead !== undefined && !(Number.isInteger(ahead) && ahead >= 1))
      throw invalid("ahead: a whole number of at least 1", String(ahead));
    if (!(blend >= 0 && blend < 1)) throw invalid("blend: 0 to below 1", String(blend));
    this.#episode = episode;
    this.#ahead = ahead;
    this.#blend = blend;
  }

  /**
   * @param look makes the observation; called only when the model is
   * @throws what the episode threw, once, in the call after: what is left of the chunk is there for the next one;
   * `action-invalid` for an empty chunk
   */
  next(look: () => ObservationInput | Promise<ObservationInput>): Promise<RefilledAction> {
    const action = this.#turn.then(() => this.#next(look));
    this.#turn = action.catch(() => undefined);
    return action;
  }

  /** Forgets chunks and calls under way: at the start of an episode. */
  clear(): void {
    this.#clearings += 1;
    this.#left = [];
    this.#refill = null;
    this.#arrived = null;
    this.#failure = null;
  }

  async #next(look: () => ObservationInput | Promise<ObservationInput>): Promise<RefilledAction> {
    const results: StepResult[] = [];
    this.#take(results);
    const waited = this.#left.length === 0;
    while (this.#left.length === 0) {
      if (this.#refill === null) await this.#ask(look);
      await this.#refill?.done;
      this.#take(results);
    }
    const low = this.#left.length <= (this.#ahead ?? Math.ceil(this.#length / 2));
    if (low && this.#refill === null) await this.#ask(look);
    const [action = [], ...rest] = this.#left;
    this.#left = rest;
    this.#given += 1;
    return { action, waited, results };
  }

  async #ask(look: () => ObservationInput | Promise<ObservationInput>): Promise<void> {
    const [clearings, at] = [this.#clearings, this.#given];
    const observation = await look();
    if (clearings !== this.#clearings) return;
    const done = this.#episode.act(observation).then(
      (result) => {
        if (clearings === this.#clearings) this.#arrived = { at, result };
      },
      (error: unknown) => {
        if (clearings === this.#clearings) this.#failure = { error };
      },
    );
    this.#refill = { at, done };
  }

  /** Puts a chunk that came in into place. */
  #take(results: StepResult[]): void {
    if (this.#failure !== null) {
      const { error } = this.#failure;
      this.#failure = null;
      this.#refill = null;
      throw error;
    }
    if (this.#arrived === null) return;
    const { at, result } = this.#arrived;
    this.#arrived = null;
    this.#refill = null;
    if (result.actions.length === 0) throw emptyChunk();
    results.push(result);
    this.#length = result.actions.length;
    const fresh = result.actions.slice(this.#given - at);
    if (fresh.length === 0) return; // Older than all that it planned: what is left of the last one is newer.
    this.#left = fresh.map((action, index) => this.#mixed(this.#left[index], action));
  }

  #mixed(old: readonly number[] | undefined, fresh: readonly number[]): readonly number[] {
    if (old === undefined || this.#blend === 0) return fresh;
    return fresh.map((value, index) => this.#blend * (old[index] ?? value) + (1 - this.#blend) * value);
  }
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix: "leave it out for the default" });
}

function emptyChunk(): VlaPrunerError {
  return new VlaPrunerError("action-invalid", {
    expected: "a chunk of at least one action",
    found: "none",
    fix: "correct the adapter's toAction",
  });
}

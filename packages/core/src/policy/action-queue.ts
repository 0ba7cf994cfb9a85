import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { ObservationInput } from "../observation.ts";
import type { Episode, StepOptions } from "./episode.ts";
import type { StepResult } from "./step-result.ts";
import { WorkQueue } from "./work-queue.ts";

export interface ActionQueueOptions {
  /** Actions of a chunk that are executed before the model is asked again, from its length. Default: all of them. */
  readonly execute?: number | ((length: number) => number);
}

/** The action to execute now. */
export interface NextAction<Seen extends ObservationInput = ObservationInput> {
  /** Robot units. */
  readonly action: readonly number[];
  /** What the model saw and said, where it was asked for this very action; else `null`. */
  readonly call: { readonly observation: Seen; readonly result: StepResult } | null;
}

/**
 * Executes a part of each chunk, action by action, and asks the episode for the next chunk when it is used up.
 * Concurrent calls wait for each other: no action is lost, and none is given twice.
 */
export class ActionQueue {
  readonly #episode: Pick<Episode, "act">;
  readonly #execute: NonNullable<ActionQueueOptions["execute"]>;
  readonly #calls = new WorkQueue();
  #pending: (readonly number[])[] = [];
  /** A chunk that was asked for before the queue was cleared is not used up after it. */
  #clearings = 0;

  /** @throws `invalid-option` */
  constructor(episode: Pick<Episode, "act">, options: ActionQueueOptions = {}) {
    checkOptions("ActionQueue", options, ["execute"]);
    const { execute = Number.POSITIVE_INFINITY } = options;
    if (typeof execute !== "function" && execute !== Number.POSITIVE_INFINITY) checkCount(execute);
    this.#episode = episode;
    this.#execute = execute;
  }

  /**
   * @param look makes the observation; called only when the model is
   * @throws what the episode throws, `action-invalid` for an empty chunk, `invalid-option` for what `execute` returns
   */
  async next<Seen extends ObservationInput>(
    look: () => Seen | Promise<Seen>,
    options?: StepOptions,
  ): Promise<NextAction<Seen>> {
    const clearings = this.#clearings; // as of the asking: a call that waits is of before, too
    return this.#calls.add(() => this.#next(look, options, clearings));
  }

  /** Forgets what is left of the chunk: at the start of an episode. */
  clear(): void {
    this.#pending = [];
    this.#clearings += 1;
  }

  async #next<Seen extends ObservationInput>(
    look: () => Seen | Promise<Seen>,
    options: StepOptions | undefined,
    clearings: number,
  ): Promise<NextAction<Seen>> {
    const pending = this.#pending.shift();
    if (pending !== undefined) return { action: pending, call: null };
    const observation = await look();
    const result = await this.#episode.act(observation, options);
    const [action, ...rest] = result.actions;
    if (action === undefined) throw emptyChunk();
    const { length } = result.actions;
    const executed = typeof this.#execute === "number" ? this.#execute : checkCount(this.#execute(length));
    if (clearings === this.#clearings) this.#pending = rest.slice(0, executed - 1);
    return { action, call: { observation, result } };
  }
}

function checkCount(execute: number): number {
  if (Number.isInteger(execute) && execute >= 1) return execute;
  throw new VlaPrunerError("invalid-option", {
    expected: "execute: a whole number of at least 1",
    found: String(execute),
    fix: "leave it out for the default",
  });
}

function emptyChunk(): VlaPrunerError {
  return new VlaPrunerError("action-invalid", {
    expected: "a chunk of at least one action",
    found: "none",
    fix: "correct the adapter's toAction",
  });
}

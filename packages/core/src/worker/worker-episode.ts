import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { PolicyEmitter } from "../events.ts";
import type { EpisodeState } from "../memory/episode-memory.ts";
import type { ObservationInput } from "../observation.ts";
import type { Episode, StepOptions } from "../policy/episode.ts";
import type { StepResult } from "../policy/step-result.ts";
import { throwIfCancelled } from "../policy/throw-if-cancelled.ts";
import type { WorkGate } from "../policy/work-gate.ts";
import { WorkQueue } from "../policy/work-queue.ts";
import { errorOf } from "./failure.ts";
import type { PrunerSetup, SavedMemory } from "./messages.ts";
import { ownObservation } from "./own-observation.ts";
import { PendingStep } from "./pending-step.ts";
import type { WorkerClient } from "./worker-client.ts";
import { checkDeadline } from "./worker-options.ts";

export interface WorkerStepOptions extends StepOptions {
  /** Milliseconds from this call to its action. Default: the worker's own. */
  readonly deadline?: number;
}

export interface WorkerEpisodeParts {
  /** Names it to the worker. */
  readonly key: number;
  readonly id: string;
  readonly pruner: PrunerSetup | null;
  readonly client: () => WorkerClient;
  readonly events: PolicyEmitter;
  readonly gate: WorkGate;
  readonly ended: () => void;
  readonly frames: "transfer" | "copy";
  readonly waiting: "newest" | "all";
  readonly deadline: number | undefined;
}

/**
 * An episode whose model runs in a worker. A copy of its memory is here: it survives the worker, and a step that was
 * given up here (cancelled, past its deadline) is not remembered there.
 */
export class WorkerEpisode implements Episode {
  readonly id: string;
  readonly #parts: WorkerEpisodeParts;
  readonly #queue = new WorkQueue();
  readonly #steps = new Set<PendingStep>();
  #memory: SavedMemory;
  #restoring: Promise<unknown> = Promise.resolve();
  #restores = 0;
  #forgot = false;

  private constructor(parts: WorkerEpisodeParts, memory: SavedMemory) {
    this.id = parts.id;
    this.#parts = parts;
    this.#memory = memory;
  }

  static async start(parts: WorkerEpisodeParts): Promise<WorkerEpisode> {
    const { key: episode, id: name, pruner } = parts;
    return new WorkerEpisode(parts, await parts.client().ask("start", { episode, name, pruner }).answer);
  }

  /**
   * @throws `superseded`, `deadline-exceeded`, `cancelled` at once, whatever the worker is at; `worker-lost`; what a
   * step throws. In each case the memory is as it was before.
   */
  async act(input: ObservationInput, options: WorkerStepOptions = {}): Promise<StepResult> {
    checkOptions("act", options, ["signal", "draft", "deadline"]);
    const { key: episode, client, events, gate, frames, waiting } = this.#parts;
    const { signal, draft, deadline = this.#parts.deadline } = options;
    if (deadline !== undefined) checkDeadline(deadline);
    throwIfCancelled(signal, "before it began");
    gate.assertOpen();
    const step = new PendingStep({ owned: ownObservation(input, frames), signal, deadline });
    // The first is under way, or about to be.
    if (waiting === "newest") for (const stale of [...this.#steps].slice(1)) stale.giveUp(superseded());
    this.#steps.add(step);
    void this.#queue.add(async () => {
      if (this.#forgot) step.giveUp(forgotten());
      await step.send(client(), { episode, draft, events: events.eventNames() }, (result, memory) => {
        this.#memory = memory;
        events.report("action-available", result);
      });
      this.#steps.delete(step);
    });
    return gate.run(() => step.action);
  }

  async reset(): Promise<void> {
    const { key: episode, client, events } = this.#parts;
    const restores = this.#restores;
    await this.#queue.add(async () => {
      this.#memory = await client().ask("reset", { episode, restores }).answer;
      this.#forgot = false;
      events.report("episode-reset", { episode: this.id });
    });
  }

  /** @throws `state-invalid` where the pruner's memory is not plain JSON */
  async saveState(): Promise<EpisodeState> {
    await this.#restoring;
    if ("state" in this.#memory) return structuredClone(this.#memory.state);
    throw errorOf(this.#memory.failure);
  }

  async restoreState(state: EpisodeState): Promise<void> {
    this.#restores += 1;
    const asks = { episode: this.#parts.key, restores: this.#restores, state };
    const { answer } = this.#parts.client().ask("restore", asks);
    this.#restoring = answer.catch(() => undefined);
    this.#memory = await answer;
    this.#forgot = false;
  }

  /** Forgets it in the worker, too: for servers that start many. Waits for its steps. */
  async end(): Promise<void> {
    const { key: episode, client, ended } = this.#parts;
    await this.#queue.add(() => client().ask("end", { episode }).answer);
    ended();
  }

  /** Gives up steps that have no action yet. @internal */
  giveUp(error: VlaPrunerError): void {
    for (const step of this.#steps) step.giveUp(error);
  }

  /** Goes on in another worker from the last completed call. @internal */
  async moveTo(client: WorkerClient): Promise<void> {
    const { key: episode, id: name, pruner } = this.#parts;
    await client.ask("start", { episode, name, pruner }).answer;
    this.#restores += 1;
    if (!("state" in this.#memory)) this.#forgot = true;
    else {
      const { state } = this.#memory;
      await client.ask("restore", { episode, restores: this.#restores, state }).answer;
    }
  }
}

function superseded(): VlaPrunerError {
  return new VlaPrunerError("superseded", {
    expected: "the newest observation",
    found: "an older one that waited for its turn",
    fix: 'wait for the newer call, or load with waiting: "all"',
  });
}

function forgotten(): VlaPrunerError {
  return new VlaPrunerError("state-invalid", {
    expected: "an episode whose memory could be saved",
    found: "one whose memory was lost with its worker: the pruner's is not plain JSON",
    fix: "call reset(), or restoreState() with a state that you saved",
  });
}

import { VlaPrunerError } from "@vla-pruner/format";
import type { StepResult } from "../policy/step-result.ts";
import type { Questions, SavedMemory } from "./messages.ts";
import type { OwnedObservation } from "./own-observation.ts";
import type { WorkerClient } from "./worker-client.ts";

interface PendingStepParts {
  readonly owned: OwnedObservation;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds from now; none where absent. */
  readonly deadline: number | undefined;
}

/**
 * A step from the call to its end. It is given up (cancelled, late, stale) or its action is taken, never both: the
 * worker asks before it remembers the step.
 */
export class PendingStep {
  readonly action: Promise<StepResult>;
  readonly #owned: OwnedObservation;
  readonly #deadline: number | undefined;
  readonly #began: number = performance.now();
  readonly #cleanUp: () => void;
  #resolve: (result: StepResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #state: "waiting" | "given-up" | "taken" = "waiting";
  #sent: { readonly client: WorkerClient; readonly id: number } | undefined;

  constructor({ owned, signal, deadline }: PendingStepParts) {
    this.#owned = owned;
    this.#deadline = deadline;
    this.action = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const abort = (): void => this.giveUp(cancelled(signal?.reason));
    const timer = deadline === undefined ? undefined : setTimeout(() => this.#giveUpIfLate(), deadline);
    signal?.addEventListener("abort", abort);
    this.#cleanUp = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  }

  /** Fails the call at once, unless its action is on the way; the worker then forgets the step. */
  giveUp(error: VlaPrunerError): void {
    if (this.#state !== "waiting") return;
    this.#state = "given-up";
    this.#cleanUp();
    this.#reject(error);
    this.#sent?.client.tell("cancel", this.#sent.id);
  }

  /**
   * Has the worker do it, and resolves when the worker is done with it, whatever became of it.
   *
   * @param taken called with the memory after the step before its action is given
   */
  async send(
    client: WorkerClient,
    asks: Omit<Questions["act"]["asks"], "observation">,
    taken: (result: StepResult, memory: SavedMemory) => void,
  ): Promise<void> {
    if (this.#state !== "waiting") return;
    const { observation, transfer } = this.#owned;
    const ready = (id: number): void => {
      this.#giveUpIfLate(); // In a thread that was blocked, this may be heard before the timer.
      if (this.#state !== "waiting") return;
      this.#state = "taken";
      this.#cleanUp();
      client.tell("commit", id);
    };
    try {
      const { id, answer } = client.ask("act", { ...asks, observation }, { transfer, ready });
      this.#sent = { client, id };
      const { result, memory } = await answer;
      taken(result, memory);
      this.#resolve(result);
    } catch (error) {
      this.#reject(error);
    } finally {
      this.#cleanUp();
    }
  }

  #giveUpIfLate(): void {
    const deadline = this.#deadline;
    // Timers may go off a little early.
    if (deadline !== undefined && performance.now() - this.#began > deadline - 1) this.giveUp(late(deadline));
  }
}

function cancelled(cause: unknown): VlaPrunerError {
  return new VlaPrunerError("cancelled", {
    expected: "a control step that runs to its end",
    found: "a cancellation",
    fix: "call act again; the episode's memory is as it was before this step",
    cause,
  });
}

function late(deadline: number): VlaPrunerError {
  return new VlaPrunerError("deadline-exceeded", {
    expected: `an action within ${deadline} ms`,
    found: "none",
    fix: "go on with a safe action; the episode's memory is as it was before this step",
  });
}

import { EventEmitter } from "eventemitter3";
import type { StageName } from "./middleware/stage-middleware.ts";
import type { StepResult } from "./policy/step-result.ts";
import type { PruneDecision } from "./token-pruner.ts";
import type { LayerAttention, SemanticAttention } from "./vla-adapter.ts";

/**
 * What a policy reports, after the fact. Listeners, async ones too, are called at once and not awaited; what
 * they are given is the step's own data, to be read and not written.
 */
export interface PolicyEvents {
  "stage-end": (event: { stage: StageName; milliseconds: number }) => void;
  "attention-available": (
    event:
      | { level: "semantic"; attention: SemanticAttention }
      | { level: "action"; attention: readonly LayerAttention[] },
  ) => void;
  "selection-available": (decision: PruneDecision) => void;
  "action-available": (result: StepResult) => void;
  "episode-reset": () => void;
  /** A listener threw, or its promise was rejected; the step went on. */
  "listener-error": (error: unknown) => void;
}

/** An emitter whose listeners cannot break a step: what they throw, or reject with, goes to `listener-error`. */
export class PolicyEmitter extends EventEmitter<PolicyEvents, undefined> {
  report<Name extends keyof PolicyEvents>(name: Name, ...payload: Parameters<PolicyEvents[Name]>): void {
    for (const listener of this.listeners(name)) {
      this.removeListener(name, listener, undefined, true); // only if it was added by `once`
      this.#call(name, () => (listener as (...payload: unknown[]) => unknown).apply(this, payload));
    }
  }

  #call(name: keyof PolicyEvents, listener: () => unknown): void {
    const fail = (error: unknown): void => {
      if (name === "listener-error" || this.listenerCount("listener-error") === 0) console.error(error);
      else this.report("listener-error", error);
    };
    try {
      void Promise.resolve(listener()).catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}

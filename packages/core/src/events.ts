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
  "stage-end": (event: EpisodeEvent & { readonly stage: StageName; readonly milliseconds: number }) => void;
  "attention-available": (
    event: EpisodeEvent &
      (
        | { readonly level: "semantic"; readonly attention: SemanticAttention }
        | { readonly level: "action"; readonly attention: readonly LayerAttention[] }
      ),
  ) => void;
  /** After `select`: where tokens are chosen ahead, what the next call keeps. */
  "selection-available": (event: EpisodeEvent & PruneDecision) => void;
  "action-available": (result: StepResult) => void;
  /** What a user should know and what stops nothing, said once. */
  notice: (event: EpisodeEvent & { readonly message: string }) => void;
  "episode-reset": (event: EpisodeEvent) => void;
  /** Something unusual that did not stop the step; once an episode for each code. */
  warning: (event: EpisodeEvent & { readonly code: string; readonly message: string }) => void;
  /** A listener threw, or its promise was rejected; the step went on. */
  "listener-error": (event: EpisodeEvent & { readonly error: unknown }) => void;
}

/** Which episode an event is of. */
export interface EpisodeEvent {
  readonly episode: string;
}

/** Codes of the warnings that this process has heard of. */
const SAID = new Set<string>();

/** An emitter whose listeners cannot break a step: what they throw, or reject with, goes to `listener-error`. */
export class PolicyEmitter extends EventEmitter<PolicyEvents, undefined> {
  report<Name extends keyof PolicyEvents>(name: Name, event: Parameters<PolicyEvents[Name]>[0]): void {
    for (const listener of this.listeners(name)) {
      this.removeListener(name, listener, undefined, true); // only if it was added by `once`
      this.#call(name, event, () => (listener as (event: unknown) => unknown).call(this, event));
    }
  }

  /** Reports a warning; where nobody listens, the first of each code is said on the console. */
  warn(event: Parameters<PolicyEvents["warning"]>[0]): void {
    const { code, message } = event;
    if (this.listenerCount("warning") > 0) this.report("warning", event);
    else if (!SAID.has(code)) console.warn(`vla-pruner: ${message}`);
    SAID.add(code);
  }

  #call(name: keyof PolicyEvents, { episode }: EpisodeEvent, listener: () => unknown): void {
    const fail = (error: unknown): void => {
      if (name === "listener-error" || this.listenerCount("listener-error") === 0) console.error(error);
      else this.report("listener-error", { episode, error });
    };
    try {
      void Promise.resolve(listener()).catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}

import type { Scope } from "../container/scope.ts";
import { ADAPTER, EPISODE, EVENTS, GATE, PRUNER } from "../container/tokens.ts";
import type { PolicyEmitter } from "../events.ts";
import type { Observation } from "../observation.ts";
import type { WorkGate } from "../runtime/work-gate.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { VlaAdapter } from "../vla-adapter.ts";
import type { ActOptions, Episode } from "./episode.ts";
import type { StepResult } from "./step-result.ts";

/**
 * A robot policy: a loaded model, a pruner and as many episodes as wanted, each with its own memory.
 *
 * `selectAction`, `predictActionChunk`, `reset` and `infer` act on one episode of the policy's own, under
 * the names that lerobot and openpi use.
 */
export class Policy {
  /** The composition root, for those who want to replace a part. */
  readonly scope: Scope;
  readonly events: PolicyEmitter;
  readonly #gate: WorkGate;
  readonly #own: Episode;
  #pending: (readonly number[])[] = [];
  /** A chunk that was asked for before a reset is not used up after it. */
  #resets = 0;
  #disposing: Promise<void> | undefined;

  constructor(scope: Scope) {
    this.scope = scope;
    this.events = scope.get(EVENTS);
    this.#gate = scope.get(GATE);
    this.#own = this.startEpisode();
  }

  get adapter(): VlaAdapter {
    return this.scope.get(ADAPTER);
  }

  get pruner(): TokenPruner {
    return this.scope.get(PRUNER);
  }

  /**
   * A fresh episode: shares the model, shares no memory with any other.
   *
   * @param parts a pruner of its own, in place of the policy's
   */
  startEpisode(parts: { readonly pruner?: TokenPruner } = {}): Episode {
    this.#gate.assertOpen();
    const scope = this.scope.child();
    const { pruner } = parts;
    if (pruner !== undefined) scope.shared(PRUNER, () => pruner);
    return scope.get(EPISODE);
  }

  /** One control step of the policy's own episode. */
  async act(observation: Observation, options?: ActOptions): Promise<StepResult> {
    return this.#own.act(observation, options);
  }

  /** The next action; calls the model only when the last chunk is used up (lerobot). */
  async selectAction(observation: Observation): Promise<readonly number[]> {
    this.#gate.assertOpen();
    const next = this.#pending.shift();
    if (next !== undefined) return next;
    const resets = this.#resets;
    const { action, chunk } = await this.act(observation);
    if (resets === this.#resets) this.#pending = chunk.slice(1);
    return action;
  }

  /** The whole chunk, `[horizon][action]` (lerobot). */
  async predictActionChunk(observation: Observation): Promise<readonly (readonly number[])[]> {
    return (await this.act(observation)).chunk;
  }

  /** The step in openpi's words. */
  async infer(
    observation: Observation,
  ): Promise<{ actions: readonly (readonly number[])[]; policy_timing: { infer_ms: number } }> {
    const { chunk, timings } = await this.act(observation);
    return {
      actions: chunk,
      policy_timing: { infer_ms: Object.values(timings).reduce((sum, ms) => sum + ms, 0) },
    };
  }

  /** Starts the policy's own episode anew. */
  async reset(): Promise<void> {
    this.#pending = [];
    this.#resets += 1;
    await this.#own.reset();
  }

  /**
   * Frees the sessions, after the steps of all episodes that were asked for before: do not await it inside a
   * step. Later steps are refused with `disposed`.
   */
  dispose(): Promise<void> {
    this.#disposing ??= this.#gate.close().then(() => this.scope.dispose());
    return this.#disposing;
  }
}

import { checkOptions } from "@vla-pruner/format";
import type { Scope } from "../container/scope.ts";
import { ADAPTER, EPISODE, EPISODE_ID, EVENTS, GATE, MIDDLEWARE, PRUNER } from "../container/tokens.ts";
import type { PolicyEmitter } from "../events.ts";
import type { EpisodeState } from "../memory/episode-memory.ts";
import { checkMiddleware } from "../middleware/stage-middleware.ts";
import type { StageMiddleware } from "../middleware/stage-middleware.ts";
import type { ObservationInput } from "../observation.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { VlaAdapter } from "../vla-adapter.ts";
import { ActionQueue } from "./action-queue.ts";
import type { Episode, StepOptions } from "./episode.ts";
import type { LocalEpisode } from "./local-episode.ts";
import type { StepResult } from "./step-result.ts";
import type { WorkGate } from "./work-gate.ts";

/** What an episode has of its own. */
export interface EpisodeParts {
  /** Names it in events, stage inputs and results; `episode-1` … where absent. */
  readonly id?: string;
  /** In place of the policy's. */
  readonly pruner?: TokenPruner;
  /** Within the policy's. */
  readonly middleware?: readonly StageMiddleware[];
}

/**
 * A robot policy: a loaded model, a pruner and as many episodes as wanted, each with its own memory.
 *
 * It is an episode itself, the first of its own. `selectAction`, `predictActionChunk` and `infer` are the step under
 * the names that lerobot and openpi use.
 */
export class Policy implements Episode {
  /** The composition root, for those who want to replace a part. */
  readonly scope: Scope;
  readonly events: PolicyEmitter;
  readonly #gate: WorkGate;
  readonly #own: LocalEpisode;
  readonly #actions: ActionQueue;
  #episodes = 0;
  #disposing: Promise<void> | undefined;

  constructor(scope: Scope) {
    this.scope = scope;
    this.events = scope.get(EVENTS);
    this.#gate = scope.get(GATE);
    this.#own = this.startEpisode();
    this.#actions = new ActionQueue(this.#own);
  }

  get id(): string {
    return this.#own.id;
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
   * @throws `disposed`, `invalid-option`
   */
  startEpisode(parts: EpisodeParts = {}): LocalEpisode {
    checkOptions("startEpisode", parts, ["id", "pruner", "middleware"]);
    this.#gate.assertOpen();
    this.#episodes += 1;
    const { id = `episode-${this.#episodes}`, pruner, middleware = [] } = parts;
    checkMiddleware(middleware);
    const around = [...this.scope.get(MIDDLEWARE), ...middleware];
    const scope = this.scope.child();
    scope.shared(EPISODE_ID, () => id).shared(MIDDLEWARE, () => around);
    if (pruner !== undefined) scope.shared(PRUNER, () => pruner);
    return scope.get(EPISODE);
  }

  async act(observation: ObservationInput, options?: StepOptions): Promise<StepResult> {
    return this.#own.act(observation, options);
  }

  /** The step, under openpi's name. */
  async infer(observation: ObservationInput, options?: StepOptions): Promise<StepResult> {
    return this.act(observation, options);
  }

  /** The step's chunk alone, `[horizon][action]` (lerobot). */
  async predictActionChunk(
    observation: ObservationInput,
    options?: StepOptions,
  ): Promise<StepResult["actions"]> {
    return (await this.act(observation, options)).actions;
  }

  /** The next action; calls the model only when the last chunk is used up (lerobot). */
  async selectAction(observation: ObservationInput, options?: StepOptions): Promise<readonly number[]> {
    this.#gate.assertOpen();
    return (await this.#actions.next(() => observation, options)).action;
  }

  async reset(): Promise<void> {
    this.#actions.clear();
    await this.#own.reset();
  }

  saveState(): EpisodeState {
    return this.#own.saveState();
  }

  restoreState(state: EpisodeState): void {
    this.#own.restoreState(state);
    this.#actions.clear();
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

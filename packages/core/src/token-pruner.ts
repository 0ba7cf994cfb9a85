import type { SemanticRows } from "@vla-pruner/format";
import type { TemporalOptions } from "./memory/temporal-options.ts";
import type { Observation } from "./observation.ts";
import type { SemanticAttention, ViewSpan } from "./vla-adapter.ts";

/**
 * What a pruner sees when it decides. All vectors are float32 over the visual tokens, `[vision]`. Where tokens are chosen
 * ahead, it decides at the end of a call for the next one: what it sees of the model is of the call that ends, its own
 * `currentAction` too, while `forecast`, `step` and `memory` are what the next call begins with.
 */
export interface PruneContext<Memory = unknown> {
  /** What the robot sees and is told, frames decoded. */
  readonly observation: Observation;
  /** Views present in this observation, in the order of the visual tokens. */
  readonly views: readonly ViewSpan[];
  /** Visual tokens in all. */
  readonly vision: number;
  readonly semantic: SemanticAttention;
  /** The model's preferred rows for a semantic score. */
  readonly semanticRows: SemanticRows;
  /** Forecast action attention (method 3), `null` until the window is full. */
  readonly forecast: Float32Array | null;
  /** Whether a forecast will ever come: not for a model that only answers. Default true. */
  readonly acts?: boolean;
  /** Attention of this call's own action rows at layer K − 1; `null` where there are none below the cut. */
  readonly currentAction: Float32Array | null;
  /** Cosine similarity of the visual tokens at the LLM's input, `[vision, vision]`. */
  readonly similarity: Float32Array;
  /** Completed calls in this episode. */
  readonly step: number;
  /** The pruner's own memory of this episode, where it brings one. */
  readonly memory: Memory;
}

export interface PruneDecision {
  readonly decision: "dense" | "pruned";
  /** Kept visual indices, ascending, without repeats; all of them when dense. */
  readonly keep: Int32Array;
  /** Why, for traces and logs: "warm-up", "retention-1", "combined". */
  readonly reason: string;
}

/** One call of the model, when it is done. */
export interface CompletedCall<Memory = unknown> {
  /** What the pruner decided on; where tokens are chosen ahead, the call's own, with the memory that it began with. */
  readonly context: PruneContext<Memory>;
  readonly decision: PruneDecision;
  /** Action attention as recorded in the history, float32 `[vision]`. */
  readonly actionAttention: Float32Array;
}

/**
 * A memory that a pruner brings: a value for each episode. The episode makes it, hands it to `select`, lets it take in
 * every completed call, saves, restores and resets it. Values are never changed, only replaced: a step that fails or
 * is cancelled leaves the old one in place.
 */
export interface PrunerMemory<Memory = unknown> {
  /** What an episode begins with. */
  start(): Memory;
  /** The memory after one more completed call; must not write into the old one. */
  observe(memory: Memory, call: CompletedCall<Memory>): Memory;
  /** The memory as plain JSON. Where absent, it must be plain JSON itself. */
  save?(memory: Memory): unknown;
  /**
   * The memory out of what `save` gave; where absent, as it is.
   *
   * @throws `state-invalid` for anything else
   */
  restore?(saved: unknown): Memory;
}

/**
 * Chooses the visual tokens that layers ≥ K still see. A pruner is pure: same context, same decision. What it
 * should remember from call to call goes into a memory, which the episode keeps for it.
 */
export interface TokenPruner<Memory = unknown> {
  readonly name: string;
  /** Share of the visual tokens that is kept, in (0, 1]; `null` for one that decides anew how many at every call. */
  readonly retention: number | null;
  /** How the episode forecasts action attention for this pruner; the defaults of the paper where absent. */
  readonly temporal?: TemporalOptions;
  /** Rows of the semantic score that it reads; the model's own default, or none, where absent. */
  readonly semanticRows?: SemanticRows;
  /** Whether it cannot do without `currentAction`: then an episode on a model without it is refused. */
  readonly needsCurrentAction?: boolean;
  /** What it remembers within an episode, beside the forecast. */
  readonly memory?: PrunerMemory<Memory>;
  select(context: PruneContext<Memory>): PruneDecision;
}

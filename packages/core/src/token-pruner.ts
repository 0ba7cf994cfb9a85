import type { SemanticAttention, SemanticRows, ViewSpan } from "./vla-adapter.ts";
import type { TemporalOptions } from "./memory/temporal-options.ts";

/** What a pruner sees when it decides. All vectors are float32 over the visual tokens, `[vision]`. */
export interface PruneContext {
  /** Views present in this observation, in the order of the visual tokens. */
  readonly views: readonly ViewSpan[];
  /** Visual tokens in all. */
  readonly vision: number;
  readonly semantic: SemanticAttention;
  /** The model's preferred rows for a semantic score. */
  readonly semanticRows: SemanticRows;
  /** Forecast action attention (method 3), `null` until the window is full. */
  readonly forecast: Float32Array | null;
  /** Cosine similarity of the visual tokens at the LLM's input, `[vision, vision]`. */
  readonly similarity: Float32Array;
  /** Completed calls in this episode. */
  readonly step: number;
}

export interface PruneDecision {
  readonly decision: "dense" | "pruned";
  /** Kept visual indices, ascending, without repeats; all of them when dense. */
  readonly keep: Int32Array;
  /** Why, for traces and logs: "warm-up", "retention-1", "combined". */
  readonly reason: string;
}

/** Chooses the visual tokens that layers ≥ K still see. A pruner is pure: same context, same decision. */
export interface TokenPruner {
  readonly name: string;
  /** Share of the visual tokens that is kept, in (0, 1]. */
  readonly retention: number;
  /** How the episode's memory forecasts for this pruner; the defaults of the paper where absent. */
  readonly temporal?: TemporalOptions;
  /** Rows of the semantic score that it reads; the model's own default, or none, where absent. */
  readonly semanticRows?: SemanticRows;
  select(context: PruneContext): PruneDecision;
}

import type { SemanticRows } from "@vla-pruner/format";
import type { DraftResult } from "../drafts/choose-draft.ts";
import type { StageName } from "../middleware/stage-middleware.ts";
import type { ViewSpan } from "../vla-adapter.ts";

/** One control step: the action, and how it came about. */
export interface StepResult {
  /** The episode's id. */
  readonly episode: string;
  /** Calls completed before this one in the episode. */
  readonly step: number;
  /** The first action of the chunk, in robot units. */
  readonly action: readonly number[];
  /** The whole action chunk, `[horizon][action]`. */
  readonly actions: readonly (readonly number[])[];
  /** Action token ids, where the architecture has any. */
  readonly tokens: readonly number[] | null;
  /** How a draft of the tokens did, where there was one. */
  readonly draft?: DraftResult;
  /** What was kept in this call, and why; chosen at the end of the call before where tokens are chosen ahead. */
  readonly decision: "dense" | "pruned";
  readonly reason: string;
  readonly views: readonly ViewSpan[];
  /** Kept visual indices, ascending. */
  readonly keep: Int32Array;
  /** This call's semantic scores by rows, each float32 `[vision]`; ahead they choose the next call's tokens. */
  readonly semantic: Readonly<Partial<Record<SemanticRows, Float32Array>>>;
  /** The rows that the pruner reads. */
  readonly semanticRows: SemanticRows;
  /** The forecast that was used, float32 `[vision]`; `null` while the window fills. */
  readonly forecast: Float32Array | null;
  /** Action attention as recorded in the history, float32 `[vision]`. */
  readonly actionAttention: Float32Array;
  /** Tokens before pruning: visual ones included, and placeholders of actions where there are any. */
  readonly sequence: number;
  /** Milliseconds of wall clock by stage. */
  readonly timings: Readonly<Partial<Record<StageName, number>>>;
}

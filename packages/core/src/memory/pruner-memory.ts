import type { PruneContext, PruneDecision } from "../token-pruner.ts";

/** One call of the model, when it is done. */
export interface CompletedCall<Memory = unknown> {
  /** What the pruner decided on. */
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

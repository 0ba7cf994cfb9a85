import type { StageMiddleware, TokenPruner } from "@vla-pruner/core";
import type { Look } from "../closed-loop/types.ts";

/** A pruner of one episode, and how it learns more than its context says. */
export interface InformedPruner {
  readonly pruner: TokenPruner;
  /** Around the stages of the very call. */
  readonly middleware?: readonly StageMiddleware[];
  /** Before every call: what no policy may see. */
  readonly beforeCall?: (look: Look) => void | Promise<void>;
}

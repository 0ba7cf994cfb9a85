import type { TokenPruner } from "@vla-pruner/core";
import type { Look } from "../closed-loop/types.ts";

/** A pruner of one episode, and how it learns what no policy may see, before every call. */
export interface InformedPruner {
  readonly pruner: TokenPruner;
  readonly beforeCall?: (look: Look) => void | Promise<void>;
}

import { int64Tensor } from "@vla-pruner/core/adapter";
import type { GraphTensor } from "@vla-pruner/core/adapter";
import type { Prefix } from "./action-flow.ts";

/** A prefix as the graphs that begin with it take it. */
export function promptFeeds({ ids, features }: Prefix): Record<string, GraphTensor> {
  return { input_ids: int64Tensor(ids, [1, ids.length]), image_features: features };
}

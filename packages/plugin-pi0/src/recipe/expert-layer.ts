import { concat, openAttention, rotate, splitHeads, transformerLayer } from "@vla-pruner/onnx/blocks";
import type { RotaryTables } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Normalize } from "./expert-norms.ts";
import type { Pi0Sizes } from "./pi0-sizes.ts";
import type { PrefixCache } from "./prefix-layer.ts";

/** What an expert layer attends with. */
export interface ExpertPlace {
  readonly normalize: Normalize;
  /** int64 `[1, suffix]`. */
  readonly positionIds: Value;
  readonly tables: RotaryTables;
  /** Of the prefix layer with the same number. */
  readonly past: PrefixCache;
  /** float32 `[suffix, prefix + suffix]`; none where every row sees every column. */
  readonly mask: Value | undefined;
}

export interface ExpertLayer {
  /** `[1, suffix, hidden]`. */
  readonly hidden: Value;
  /** float32 `[1, keyValueHeads, group, suffix, prefix + suffix]`. */
  readonly weights: Value;
}

/** One layer of the action expert: the suffix attends to the prefix's keys and values and to its own. */
export function expertLayer(
  graph: GraphBuilder,
  x: Value,
  layer: number,
  { expert, names }: Pi0Sizes,
  place: ExpertPlace,
): ExpertLayer {
  const { normalize, positionIds, tables, past, mask } = place;
  const { hidden, attended } = transformerLayer(
    graph,
    x,
    `${names.expert}layers.${layer}.`,
    expert,
    (projected) => {
      const query = rotate(graph, projected.query, positionIds, tables, expert.heads);
      const key = rotate(graph, projected.key, positionIds, tables, expert.keyValueHeads);
      const keys = concat(graph, [past.keys, splitHeads(graph, key, expert)], 2);
      const values = concat(graph, [past.values, splitHeads(graph, projected.value, expert)], 2);
      return openAttention(graph, { query, keys, values }, expert, mask);
    },
    (rows, which) => normalize(rows, 2 * layer + which),
  );
  return { hidden, weights: attended.weights };
}

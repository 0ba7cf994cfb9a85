import {
  concat,
  gatedMlp,
  linear,
  openAttention,
  projectQkv,
  rotate,
  splitHeads,
} from "@vla-pruner/onnx/blocks";
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
  const prefix = `${names.expert}layers.${layer}.`;
  const { normalize, positionIds, tables, past, mask } = place;
  return graph.scope(prefix.replace(/\.$/u, ""), () => {
    const outer = normalize(x, 2 * layer);
    const projected = projectQkv(graph, outer.value, prefix, expert);
    const query = rotate(graph, projected.query, positionIds, tables, expert.heads);
    const own = splitHeads(
      graph,
      rotate(graph, projected.key, positionIds, tables, expert.keyValueHeads),
      expert,
    );
    const keys = concat(graph, [past.keys, own], 2);
    const values = concat(graph, [past.values, splitHeads(graph, projected.value, expert)], 2);
    const { output, weights } = openAttention(graph, { query, keys, values }, expert, mask);
    const attended = linear(graph, output, {
      weights: [`${prefix}self_attn.o_proj.weight`],
      input: expert.heads * expert.headSize,
      outputs: [expert.hidden],
    });
    const middle = gated(graph, x, attended, outer.gate);
    const inner = normalize(middle, 2 * layer + 1);
    return {
      hidden: gated(graph, middle, gatedMlp(graph, inner.value, prefix, expert), inner.gate),
      weights,
    };
  });
}

function gated(graph: GraphBuilder, residual: Value, added: Value, gate: Value | undefined): Value {
  return graph.node("Add", [residual, gate === undefined ? added : graph.node("Mul", [added, gate])]);
}

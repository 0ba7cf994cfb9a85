import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activate } from "./activations.ts";
import { causalAttention } from "./attention.ts";
import type { CachedAttention, CacheInputs, HeadSizes } from "./attention.ts";
import { linear, split } from "./linear.ts";
import { rmsNorm } from "./norms.ts";
import { rotate } from "./rotary.ts";
import type { RotaryTables } from "./rotary.ts";

/** Sizes of a LLaMA-style decoder. */
export interface DecoderSizes extends HeadSizes {
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  readonly epsilon: number;
  readonly theta: number;
  readonly positions: number;
}

export interface DecoderLayer {
  /** `[1, sequence, hidden]`. */
  readonly hidden: Value;
  /** Rotated queries, `[1, sequence, heads · headSize]`, for the taps. */
  readonly query: Value;
  readonly attention: CachedAttention;
}

/**
 * One pre-norm LLaMA decoder layer with causal attention and a gated MLP.
 *
 * @param prefix name of the layer in the checkpoint, with a final dot
 */
export function decoderLayer(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  sizes: DecoderSizes,
  { positionIds, tables, cache }: { positionIds: Value; tables: RotaryTables; cache: CacheInputs },
): DecoderLayer {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { hidden, heads, keyValueHeads, headSize, epsilon } = sizes;
    const normed = rmsNorm(graph, x, `${prefix}input_layernorm.weight`, hidden, epsilon);
    const widths = [heads * headSize, keyValueHeads * headSize, keyValueHeads * headSize];
    const weights = ["q_proj", "k_proj", "v_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
    const fused = linear(graph, normed, { weights, input: hidden, outputs: widths });
    const [q = "", k = "", value = ""] = split(graph, fused, widths);
    const query = rotate(graph, q, positionIds, tables, heads);
    const key = rotate(graph, k, positionIds, tables, keyValueHeads);
    const attention = causalAttention(graph, { query, key, value }, sizes, cache);
    const projected = linear(graph, attention.output, {
      weights: [`${prefix}self_attn.o_proj.weight`],
      input: heads * headSize,
      outputs: [hidden],
    });
    const middle = graph.node("Add", [x, projected]);
    const inner = rmsNorm(graph, middle, `${prefix}post_attention_layernorm.weight`, hidden, epsilon);
    return { hidden: graph.node("Add", [middle, gatedMlp(graph, inner, prefix, sizes)]), query, attention };
  });
}

/** `down(silu(gate(x)) · up(x))`, `[…, hidden]` → `[…, hidden]`. */
function gatedMlp(graph: GraphBuilder, x: Value, prefix: string, { hidden, intermediate }: DecoderSizes): Value {
  const weights = [`${prefix}mlp.gate_proj.weight`, `${prefix}mlp.up_proj.weight`];
  const fused = linear(graph, x, { weights, input: hidden, outputs: [intermediate, intermediate] });
  const [gate = "", up = ""] = split(graph, fused, [intermediate, intermediate]);
  const gated = graph.node("Mul", [activate(graph, gate, "silu"), up]);
  return linear(graph, gated, { weights: [`${prefix}mlp.down_proj.weight`], input: intermediate, outputs: [hidden] });
}

import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activate } from "./activations.ts";
import type { Activation } from "./activations.ts";
import type { HeadSizes } from "./attention.ts";
import { linear, split } from "./linear.ts";
import { rmsNorm } from "./norms.ts";

/** Sizes of one pre-norm layer with a gated MLP: LLaMA's where the optional ones are left out. */
export interface LayerSizes extends HeadSizes {
  readonly hidden: number;
  readonly intermediate: number;
  readonly epsilon: number;
  /** Of the gate; `silu` where absent. */
  readonly activation?: Activation;
  /** 1 where norm weights are stored as offsets from 1 (Gemma). */
  readonly normPlus?: number;
}

/** Queries, keys and values of a layer, not yet rotated, `[1, sequence, heads · headSize]`. */
export interface Projected {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/**
 * One pre-norm transformer layer. What attention does is up to `attend`: causal over a cache, open over
 * everything, across two sequences.
 *
 * @param prefix name of the layer in the checkpoint, with a final dot
 */
export function transformerLayer<Attended extends { readonly output: Value }>(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  sizes: LayerSizes,
  attend: (projected: Projected) => Attended,
): { readonly hidden: Value; readonly attended: Attended } {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { hidden, heads, headSize, epsilon, normPlus = 0 } = sizes;
    const normed = rmsNorm(graph, x, `${prefix}input_layernorm.weight`, hidden, epsilon, normPlus);
    const attended = attend(projectQkv(graph, normed, prefix, sizes));
    const projected = linear(graph, attended.output, {
      weights: [`${prefix}self_attn.o_proj.weight`],
      input: heads * headSize,
      outputs: [hidden],
    });
    const middle = graph.node("Add", [x, projected]);
    const inner = rmsNorm(
      graph,
      middle,
      `${prefix}post_attention_layernorm.weight`,
      hidden,
      epsilon,
      normPlus,
    );
    return { hidden: graph.node("Add", [middle, gatedMlp(graph, inner, prefix, sizes)]), attended };
  });
}

/** Queries, keys and values from one fused product. */
export function projectQkv(graph: GraphBuilder, x: Value, prefix: string, sizes: LayerSizes): Projected {
  const { hidden, heads, keyValueHeads, headSize } = sizes;
  const widths = [heads * headSize, keyValueHeads * headSize, keyValueHeads * headSize];
  const weights = ["q_proj", "k_proj", "v_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
  const fused = linear(graph, x, { weights, input: hidden, outputs: widths });
  const [query = "", key = "", value = ""] = split(graph, fused, widths);
  return { query, key, value };
}

/** `down(act(gate(x)) · up(x))`, `[…, hidden]` → `[…, hidden]`. */
export function gatedMlp(graph: GraphBuilder, x: Value, prefix: string, sizes: LayerSizes): Value {
  const { hidden, intermediate, activation = "silu" } = sizes;
  const weights = [`${prefix}mlp.gate_proj.weight`, `${prefix}mlp.up_proj.weight`];
  const fused = linear(graph, x, { weights, input: hidden, outputs: [intermediate, intermediate] });
  const [gate = "", up = ""] = split(graph, fused, [intermediate, intermediate]);
  const gated = graph.node("Mul", [activate(graph, gate, activation), up]);
  return linear(graph, gated, {
    weights: [`${prefix}mlp.down_proj.weight`],
    input: intermediate,
    outputs: [hidden],
  });
}

import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activate } from "./activations.ts";
import type { Activation } from "./activations.ts";
import type { HeadSizes } from "./open-attention.ts";
import { linear, partedLinear, split } from "./linear.ts";
import { rmsNorm } from "./norms.ts";
import { projectQkv } from "./project-qkv.ts";
import type { Projected } from "./project-qkv.ts";

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

/** What a norm gives. */
export interface Normed {
  readonly value: Value;
  /** Multiplies what the sublayer behind the norm adds to the rows, where there is one. */
  readonly gate?: Value;
}

/**
 * One pre-norm transformer layer. What attention does is up to `attend`: causal over a cache, open over
 * everything, across two sequences.
 *
 * @param prefix name of the layer in the checkpoint, with a final dot
 * @param normalize in place of the norms before attention (0) and MLP (1)
 */
export function transformerLayer<Attended extends { readonly output: Value }>(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  sizes: LayerSizes,
  attend: (projected: Projected) => Attended,
  normalize: (rows: Value, which: 0 | 1) => Normed = (rows, which) => ({
    value: plainNorm(graph, rows, `${prefix}${NORMS[which]}.weight`, sizes),
  }),
): { readonly hidden: Value; readonly attended: Attended } {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { hidden, heads, headSize } = sizes;
    const outer = normalize(x, 0);
    const qkv = QKV.map((name) => `${prefix}self_attn.${name}`);
    const attended = attend(projectQkv(graph, outer.value, qkv, sizes, false));
    const projected = linear(graph, attended.output, {
      weights: [`${prefix}self_attn.o_proj.weight`],
      input: heads * headSize,
      outputs: [hidden],
    });
    const middle = add(graph, x, projected, outer.gate);
    const inner = normalize(middle, 1);
    return { hidden: add(graph, middle, gatedMlp(graph, inner.value, prefix, sizes), inner.gate), attended };
  });
}

const QKV = ["q_proj", "k_proj", "v_proj"] as const;
const NORMS = ["input_layernorm", "post_attention_layernorm"] as const;

function plainNorm(graph: GraphBuilder, rows: Value, name: string, sizes: LayerSizes): Value {
  const { hidden, epsilon, normPlus = 0 } = sizes;
  return rmsNorm(graph, rows, name, hidden, epsilon, normPlus);
}

function add(graph: GraphBuilder, rows: Value, added: Value, gate: Value | undefined): Value {
  return graph.node("Add", [rows, gate === undefined ? added : graph.node("Mul", [added, gate])]);
}

/**
 * `down(act(gate(x)) · up(x))`, `[…, hidden]` → `[…, hidden]`.
 *
 * @param apart whether gate and up are two products
 * @param parts of the rows of `down`, as `partedLinear` takes them
 */
export function gatedMlp(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  sizes: LayerSizes,
  apart = false,
  parts = 1,
): Value {
  const { hidden, intermediate, activation = "silu" } = sizes;
  const weights = [`${prefix}mlp.gate_proj.weight`, `${prefix}mlp.up_proj.weight`];
  const products = (names: readonly string[]): Value =>
    linear(graph, x, { weights: names, input: hidden, outputs: names.map(() => intermediate) });
  const [gate = "", up = ""] = apart
    ? weights.map((name) => products([name]))
    : split(graph, products(weights), [intermediate, intermediate]);
  const gated = graph.node("Mul", [activate(graph, gate, activation), up]);
  const down = { weight: `${prefix}mlp.down_proj.weight`, input: intermediate, output: hidden };
  return partedLinear(graph, gated, down, parts);
}

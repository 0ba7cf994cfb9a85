import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activate } from "./activations.ts";
import type { Activation } from "./activations.ts";
import type { HeadSizes } from "./open-attention.ts";
import { dense, vector } from "./linear.ts";
import { layerNorm } from "./norms.ts";
import { projectQkv } from "./project-qkv.ts";
import type { Projected } from "./project-qkv.ts";

/** Names of a layer's tensors below its prefix, without `.weight` and `.bias`. */
export interface BiasedLayerNames {
  readonly norms: readonly [beforeAttention: string, beforeMlp: string];
  /** Queries, keys and values: three matrices, or one that holds all. */
  readonly qkv: readonly [string] | readonly [query: string, key: string, value: string];
  readonly output: string;
  readonly mlp: readonly [inner: string, outer: string];
  /** Whole names of vectors `[hidden]` that scale what attention and MLP add, where the layer has them. */
  readonly scales?: readonly [attention: string, mlp: string];
}

/** Sizes of a pre-norm layer with biases. */
export interface BiasedLayerSizes extends HeadSizes {
  readonly hidden: number;
  readonly intermediate: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

/** Spread of a layer scale. */
const SCALE = { mean: 0.5, deviation: 0.1 };

/**
 * One pre-norm layer with LayerNorm, biases and an MLP of two matrices, as ViT, GPT-2 and Octo have them.
 * Matrices lie in the checkpoint as `[out, in]`. What attention does is up to `attend`.
 *
 * @param prefix name of the layer in the checkpoint, with a final dot
 * @param between what happens to the rows between attention and MLP, `[…, hidden]`
 */
export function biasedLayer<Attended extends { readonly output: Value }>(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  names: BiasedLayerNames,
  sizes: BiasedLayerSizes,
  attend: (projected: Projected) => Attended,
  between: (rows: Value) => Value = (rows) => rows,
): { readonly hidden: Value; readonly attended: Attended } {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { hidden, heads, headSize, intermediate, epsilon, activation } = sizes;
    const norm = (rows: Value, which: 0 | 1): Value =>
      layerNorm(graph, rows, `${prefix}${names.norms[which]}`, hidden, epsilon);
    const scaled = (rows: Value, which: 0 | 1): Value => {
      const scale = names.scales?.[which];
      if (scale === undefined) return rows;
      return graph.node("Mul", [rows, vector(graph, [`${prefix}${scale}`], [hidden], 0, SCALE)]);
    };

    const qkv = names.qkv.map((name) => `${prefix}${name}`);
    const attended = attend(projectQkv(graph, norm(x, 0), qkv, sizes, true));
    const output = dense(graph, attended.output, `${prefix}${names.output}`, heads * headSize, hidden);
    const middle = between(graph.node("Add", [x, scaled(output, 0)]));
    const [first, second] = names.mlp;
    const inner = dense(graph, norm(middle, 1), `${prefix}${first}`, hidden, intermediate);
    const activated = activate(graph, inner, activation);
    const outer = dense(graph, activated, `${prefix}${second}`, intermediate, hidden);
    return { hidden: graph.node("Add", [middle, scaled(outer, 1)]), attended };
  });
}

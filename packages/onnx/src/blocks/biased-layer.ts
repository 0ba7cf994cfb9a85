import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activateBiased } from "./activations.ts";
import type { Activation } from "./activations.ts";
import { biasedProduct } from "./biased-product.ts";
import type { BiasedProduct } from "./biased-product.ts";
import type { HeadSizes } from "./open-attention.ts";
import { packedAttention } from "./packed-attention.ts";
import { projectQkv } from "./project-qkv.ts";
import type { Projected } from "./project-qkv.ts";
import { streamNorm, streamRows } from "./residual-stream.ts";
import type { ResidualStream } from "./residual-stream.ts";

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
  between?: (rows: Value) => Value,
): { readonly hidden: Value; readonly attended: Attended } {
  const { stream, attended } = biasedStep(graph, { rows: x }, prefix, names, sizes, between, (normed, qkv) =>
    attend(projectQkv(graph, normed, qkv, sizes, true)),
  );
  return { hidden: graph.scope(prefix.replace(/\.$/, ""), () => streamRows(graph, stream)), attended };
}

/**
 * Such layers one after the other, every row attending to every row: `[batch, sequence, hidden]` in and out.
 * What a layer adds joins the norm of the next in one node.
 *
 * @param prefixes names of the layers in the checkpoint, each with a final dot
 */
export function encoderLayers(
  graph: GraphBuilder,
  x: Value,
  prefixes: readonly string[],
  names: BiasedLayerNames,
  sizes: BiasedLayerSizes,
  between?: (rows: Value, prefix: string) => Value,
): Value {
  let stream: ResidualStream = { rows: x };
  for (const prefix of prefixes) {
    const middle = between && ((rows: Value) => between(rows, prefix));
    ({ stream } = biasedStep(graph, stream, prefix, names, sizes, middle, (normed, qkv) => ({
      output: packedAttention(graph, normed, qkv, sizes),
    })));
  }
  return streamRows(graph, stream);
}

function biasedStep<Attended extends { readonly output: Value }>(
  graph: GraphBuilder,
  before: ResidualStream,
  prefix: string,
  names: BiasedLayerNames,
  sizes: BiasedLayerSizes,
  between: ((rows: Value) => Value) | undefined,
  attend: (normed: Value, qkv: readonly string[]) => Attended,
): { readonly stream: ResidualStream; readonly attended: Attended } {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { hidden, heads, headSize, intermediate, epsilon, activation } = sizes;
    const norm = (stream: ResidualStream, which: 0 | 1): ReturnType<typeof streamNorm> =>
      streamNorm(graph, stream, `${prefix}${names.norms[which]}`, hidden, epsilon);
    const added = (rows: Value, name: string, input: number, which: 0 | 1): BiasedProduct => {
      const scale = names.scales?.[which];
      return biasedProduct(graph, rows, `${prefix}${name}`, input, hidden, scale && `${prefix}${scale}`);
    };

    const first = norm(before, 0);
    const attended = attend(
      first.normed,
      names.qkv.map((name) => `${prefix}${name}`),
    );
    const output = added(attended.output, names.output, heads * headSize, 0);
    const joined = { ...first.stream, added: output };
    const second = norm(between ? { rows: between(streamRows(graph, joined)) } : joined, 1);
    const [inner, outer] = names.mlp;
    const { product, bias } = biasedProduct(graph, second.normed, `${prefix}${inner}`, hidden, intermediate);
    const activated = activateBiased(graph, product, bias, activation);
    return { stream: { ...second.stream, added: added(activated, outer, intermediate, 1) }, attended };
  });
}

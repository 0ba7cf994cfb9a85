import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import { linear } from "../linear.ts";
import { gatedMlp } from "../transformer-layer.ts";
import type { LayerSizes } from "../transformer-layer.ts";
import { streamNorm } from "./stream.ts";
import type { Stream } from "./stream.ts";

export interface FusedLayerOptions {
  /** Which rows go on after attention; all where absent. */
  readonly pick?: (rows: Value) => Value;
  /** Gate and up in two products: ONNX Runtime joins them with norm and activation on WebGPU, over one row. */
  readonly mlpApart?: boolean;
}

/** What is read of the rows of a layer. */
export interface Attended {
  /** `[1, rows, heads · headSize]`. */
  readonly output: Value;
}

/** Widths of queries, keys and values in a packed product. */
export function packedWidths({
  heads,
  keyValueHeads,
  headSize,
}: LayerSizes): readonly [number, number, number] {
  return [heads * headSize, keyValueHeads * headSize, keyValueHeads * headSize];
}

/** Norm and the packed product of queries, keys and values, `[1, rows, (heads + 2 · keyValueHeads) · headSize]`. */
export function packedQkv(
  graph: GraphBuilder,
  stream: Stream,
  prefix: string,
  sizes: LayerSizes,
): { readonly packed: Value; readonly rest: Value } {
  const { normed, rest } = streamNorm(graph, stream, `${prefix}input_layernorm.weight`, sizes);
  const weights = ["q_proj", "k_proj", "v_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
  return {
    packed: linear(graph, normed, { weights, input: sizes.hidden, outputs: packedWidths(sizes) }),
    rest,
  };
}

/**
 * One pre-norm layer in as few nodes as ONNX Runtime allows: the tensors and the numbers are those of
 * `transformerLayer`.
 *
 * @param prefix name of the layer in the checkpoint, with a final dot
 */
export function fusedLayer<Result extends Attended>(
  graph: GraphBuilder,
  stream: Stream,
  prefix: string,
  sizes: LayerSizes,
  attend: (packed: Value) => Result,
  { pick = (rows) => rows, mlpApart = false }: FusedLayerOptions = {},
): { readonly stream: Stream; readonly attended: Result } {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { packed, rest } = packedQkv(graph, stream, prefix, sizes);
    const attended = attend(packed);
    const projected = linear(graph, pick(attended.output), {
      weights: [`${prefix}self_attn.o_proj.weight`],
      input: sizes.heads * sizes.headSize,
      outputs: [sizes.hidden],
    });
    const between = { rest: pick(rest), added: projected };
    const inner = streamNorm(graph, between, `${prefix}post_attention_layernorm.weight`, sizes);
    return {
      stream: { rest: inner.rest, added: gatedMlp(graph, inner.normed, prefix, sizes, mlpApart) },
      attended,
    };
  });
}

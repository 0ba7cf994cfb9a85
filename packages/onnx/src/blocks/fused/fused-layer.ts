import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import { linear, partedLinear } from "../linear.ts";
import { gatedMlp } from "../transformer-layer.ts";
import type { LayerSizes } from "../transformer-layer.ts";
import { streamNorm } from "./stream.ts";
import type { NormedStream, Stream } from "./stream.ts";

/** Norm before attention (0) and before the MLP (1). */
type FusedNorms = (stream: Stream, which: 0 | 1) => NormedStream;

/** What is read of the rows of a layer. */
export interface Attended {
  /** `[1, rows, heads · headSize]`. */
  readonly output: Value;
}

/** Parts that the rows of these matrices are folded in; 1 where absent. */
export interface LayerParts {
  /** Of the product behind attention. */
  readonly output?: number;
  readonly down?: number;
}

/** Where some hundred rows go through a layer of billions of numbers on WebGPU. */
export const WEBGPU_PARTS: LayerParts = { down: 2 };

/** What a layer does otherwise than usual. */
export interface FusedLayerOptions {
  /** Which rows go on after attention; all where absent. */
  readonly pick?: (rows: Value) => Value;
  /** Gate and up in two products: ONNX Runtime joins them with norm and activation on WebGPU, over one row. */
  readonly mlpApart?: boolean;
  readonly parts?: LayerParts;
  /** In place of the norms before attention (0) and MLP (1). */
  readonly normalize?: FusedNorms;
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
  normalize: FusedNorms = plainNorms(graph, prefix, sizes),
): NormedStream & { readonly packed: Value } {
  const made = normalize(stream, 0);
  const weights = ["q_proj", "k_proj", "v_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
  const outputs = packedWidths(sizes);
  return { ...made, packed: linear(graph, made.normed, { weights, input: sizes.hidden, outputs }) };
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
  {
    pick = (rows) => rows,
    mlpApart = false,
    parts = {},
    normalize = plainNorms(graph, prefix, sizes),
  }: FusedLayerOptions = {},
): { readonly stream: Stream; readonly attended: Result } {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { packed, rest, gate } = packedQkv(graph, stream, prefix, sizes, normalize);
    const attended = attend(packed);
    const output = {
      weight: `${prefix}self_attn.o_proj.weight`,
      input: sizes.heads * sizes.headSize,
      output: sizes.hidden,
    };
    const projected = partedLinear(graph, pick(attended.output), output, parts.output ?? 1);
    const inner = normalize({ rest: pick(rest), added: gated(graph, projected, gate) }, 1);
    const made = gatedMlp(graph, inner.normed, prefix, sizes, mlpApart, parts.down ?? 1);
    return { stream: { rest: inner.rest, added: gated(graph, made, inner.gate) }, attended };
  });
}

const NORMS = ["input_layernorm", "post_attention_layernorm"] as const;

function plainNorms(
  graph: GraphBuilder,
  prefix: string,
  sizes: LayerSizes,
): (stream: Stream, which: 0 | 1) => NormedStream {
  return (stream, which) => streamNorm(graph, stream, `${prefix}${NORMS[which]}.weight`, sizes);
}

function gated(graph: GraphBuilder, rows: Value, gate: Value | undefined): Value {
  return gate === undefined ? rows : graph.node("Mul", [rows, gate]);
}

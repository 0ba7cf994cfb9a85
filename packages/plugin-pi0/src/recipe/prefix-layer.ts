import {
  linear,
  openAttention,
  rmsNorm,
  rotate,
  split,
  splitHeads,
  transformerLayer,
} from "@vla-pruner/onnx/blocks";
import type { OpenAttention, RotaryTables } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";

/** Keys (rotated) and values of one prefix layer, `[1, keyValueHeads, rows, headSize]`. */
export interface PrefixCache {
  readonly key: Value;
  readonly value: Value;
}

export interface PrefixLayer extends PrefixCache {
  /** `[1, rows, hidden]`. */
  readonly hidden: Value;
  /** float32 `[1, keyValueHeads, group, rows, rows]`. */
  readonly weights: Value;
}

/** Where the rows of a prefix stand. */
export interface PrefixPlace {
  /** int64 `[1, rows]`. */
  readonly positionIds: Value;
  readonly tables: RotaryTables;
}

/** One layer of the prefix: every row sees every other. */
export function prefixLayer(
  graph: GraphBuilder,
  x: Value,
  layer: number,
  { decoder, names }: Pi0Sizes,
  { positionIds, tables }: PrefixPlace,
): PrefixLayer {
  const { hidden, attended } = transformerLayer(
    graph,
    x,
    `${names.language}layers.${layer}.`,
    decoder,
    (projected) => {
      const query = rotate(graph, projected.query, positionIds, tables, decoder.heads);
      const keys = splitHeads(
        graph,
        rotate(graph, projected.key, positionIds, tables, decoder.keyValueHeads),
        decoder,
      );
      const values = splitHeads(graph, projected.value, decoder);
      const attention: OpenAttention = openAttention(graph, { query, keys, values }, decoder);
      return { ...attention, keys, values };
    },
  );
  return { hidden, key: attended.keys, value: attended.values, weights: attended.weights };
}

/** The last layer of the prefix: nothing but its keys and values is ever read. */
export function lastPrefixLayer(
  graph: GraphBuilder,
  x: Value,
  layer: number,
  { decoder, names }: Pi0Sizes,
  { positionIds, tables }: PrefixPlace,
): PrefixCache {
  const { hidden, keyValueHeads, headSize, epsilon, normPlus } = decoder;
  const prefix = `${names.language}layers.${layer}.`;
  return graph.scope(prefix.replace(/\.$/u, ""), () => {
    const normed = rmsNorm(graph, x, `${prefix}input_layernorm.weight`, hidden, epsilon, normPlus);
    const widths = [keyValueHeads * headSize, keyValueHeads * headSize];
    const weights = ["k_proj", "v_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
    const [key = "", value = ""] = split(
      graph,
      linear(graph, normed, { weights, input: hidden, outputs: widths }),
      widths,
    );
    return {
      key: splitHeads(graph, rotate(graph, key, positionIds, tables, keyValueHeads), decoder),
      value: splitHeads(graph, value, decoder),
    };
  });
}

/** Outputs `present.{layer}.key` and `.value`; `length` names their rows. */
export function cacheOutputs(
  graph: GraphBuilder,
  layer: number,
  { key, value }: PrefixCache,
  { decoder }: Pi0Sizes,
  length: string,
): void {
  const dims = [1, decoder.keyValueHeads, length, decoder.headSize];
  graph.output(key, `present.${layer}.key`, graph.floatType, dims);
  graph.output(value, `present.${layer}.value`, graph.floatType, dims);
}

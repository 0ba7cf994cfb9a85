import { linear, rmsNorm, rotate, split, splitHeads } from "@vla-pruner/onnx/blocks";
import type { OpenLayer, RowPlaces } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";

/** Keys (rotated) and values of one prefix layer, `[1, keyValueHeads, rows, headSize]`. */
export type PrefixCache = Pick<OpenLayer, "keys" | "values">;

/** The last layer of the prefix: nothing but its keys and values is ever read. */
export function lastPrefixLayer(
  graph: GraphBuilder,
  x: Value,
  { decoder, names }: Pi0Sizes,
  { positionIds, tables }: RowPlaces,
): PrefixCache {
  const { layers, hidden, keyValueHeads, headSize, epsilon, normPlus } = decoder;
  const prefix = `${names.language}layers.${layers - 1}.`;
  return graph.scope(prefix.replace(/\.$/u, ""), () => {
    const normed = rmsNorm(graph, x, `${prefix}input_layernorm.weight`, hidden, epsilon, normPlus);
    const widths = [keyValueHeads * headSize, keyValueHeads * headSize];
    const weights = ["k_proj", "v_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
    const both = linear(graph, normed, { weights, input: hidden, outputs: widths });
    const [key = "", value = ""] = split(graph, both, widths);
    return {
      keys: splitHeads(graph, rotate(graph, key, positionIds, tables, keyValueHeads), decoder),
      values: splitHeads(graph, value, decoder),
    };
  });
}

/** Outputs `present.{layer}.key` and `.value`; `length` names their rows. */
export function cacheOutput(
  graph: GraphBuilder,
  layer: number,
  { keys, values }: PrefixCache,
  { decoder }: Pi0Sizes,
  length: string,
): void {
  const dims = [1, decoder.keyValueHeads, length, decoder.headSize];
  graph.output(keys, `present.${layer}.key`, graph.floatType, dims);
  graph.output(values, `present.${layer}.value`, graph.floatType, dims);
}

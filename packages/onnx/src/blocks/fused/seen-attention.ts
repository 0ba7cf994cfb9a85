import { ABSENT } from "../../graph/absent.ts";
import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import { openAttention, splitHeads } from "../open-attention.ts";
import type { HeadSizes } from "../open-attention.ts";
import { concat, reshape } from "../shapes.ts";
import type { LayerCache } from "./rotary-attention.ts";
import type { RotatedRows } from "./whole-attention.ts";

/**
 * Attention of rows to all that was there before them and to every one of themselves, whoever shares keys, in one node:
 * ONNX's own, whose rows and whose keys are counted apart. Not on WebGPU.
 *
 * @param past rotated keys, and values; `null` where nothing was there
 * @returns `output` `[1, rows, heads · headSize]`, and all that the rows saw: what was there, then themselves
 */
export function seenAttention(
  graph: GraphBuilder,
  { query, key, value }: RotatedRows,
  past: LayerCache | null,
  { heads, keyValueHeads, headSize }: HeadSizes,
): { readonly output: Value; readonly seen: LayerCache } {
  const before = past === null ? [] : [ABSENT, past.key, past.value];
  const [output = "", keys = "", values = ""] = graph.nodes("Attention", [query, key, value, ...before], 3, {
    attributes: {
      q_num_heads: { int: heads },
      kv_num_heads: { int: keyValueHeads },
      scale: { float: 1 / Math.sqrt(headSize) },
    },
  });
  return { output, seen: { key: keys, value: values } };
}

/**
 * The same in two products and a softmax, for engines without that node, and whose own is slow where heads are long and rows
 * few. Where all heads share keys, all pairs of row and head are rows of one product, nothing is transposed, and the scores are in
 * the graph's float type.
 */
export const seenProducts: typeof seenAttention = (graph, { query, key, value }, past, sizes) => {
  const { heads, keyValueHeads, headSize } = sizes;
  const shared = keyValueHeads === 1;
  const all = (own: Value, before: Value | undefined): Value => {
    const apart = shared ? reshape(graph, own, 1, 1, -1, headSize) : splitHeads(graph, own, sizes);
    return before === undefined ? apart : concat(graph, [before, apart], 2);
  };
  const seen = { key: all(key, past?.key), value: all(value, past?.value) };
  if (!shared) {
    const { output } = openAttention(graph, { query, keys: seen.key, values: seen.value }, sizes);
    return { output, seen };
  }
  const [rows = "", keys = ""] = [query, seen.key].map((x) => reshape(graph, x, -1, headSize));
  const scores = graph.node("Gemm", [rows, keys], {
    attributes: { alpha: { float: 1 / Math.sqrt(headSize) }, transB: { int: 1 } },
  }); // [rows · heads, columns]
  const weights = graph.node("Softmax", [scores], { attributes: { axis: { int: -1 } } });
  const product = graph.node("MatMul", [weights, seen.value]);
  return { output: reshape(graph, product, 1, -1, heads * headSize), seen };
};

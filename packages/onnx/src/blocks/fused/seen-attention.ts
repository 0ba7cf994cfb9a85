import { ABSENT } from "../../graph/absent.ts";
import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import type { HeadSizes } from "../open-attention.ts";
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

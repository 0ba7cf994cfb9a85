import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { vector } from "./linear.ts";
import { rawTensor } from "./raw-tensor.ts";
import { reshape, transpose } from "./shapes.ts";

/**
 * Square patches through one matrix: pixels `[views, 3, side, side]` → `[views, patches, hidden]`, row by row.
 * Reads `<name>.weight [hidden, 3, patch, patch]` and `<name>.bias`.
 */
export function patchEmbedding(
  graph: GraphBuilder,
  pixels: Value,
  name: string,
  hidden: number,
  patch: number,
): Value {
  const kernel = rawTensor(graph, `${name}.weight`, [hidden, 3, patch, patch]);
  const bias = vector(graph, [`${name}.bias`], [hidden]);
  const map = graph.node("Conv", [pixels, kernel, bias], {
    attributes: { strides: { ints: [patch, patch] } },
  });
  return transpose(graph, reshape(graph, map, 0, hidden, -1), 0, 2, 1);
}

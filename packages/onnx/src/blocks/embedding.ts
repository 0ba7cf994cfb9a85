import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { Spread } from "../weights/tensor-source.ts";
import { rawTensor, TABLE } from "./raw-tensor.ts";

/** Rows of a word table `[vocabulary, hidden]` for token ids `[1, tokens]`: `[1, tokens, hidden]`. */
export function embedding(
  graph: GraphBuilder,
  ids: Value,
  name: string,
  vocabulary: number,
  hidden: number,
  spread: Spread = TABLE,
): Value {
  const table = rawTensor(graph, name, [vocabulary, hidden], spread);
  return graph.node("Gather", [table, ids], { attributes: { axis: { int: 0 } } });
}

import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";

/** Rows of a word table `[vocabulary, hidden]` for token ids `[1, tokens]`: `[1, tokens, hidden]`. */
export function embedding(
  graph: GraphBuilder,
  ids: Value,
  name: string,
  vocabulary: number,
  hidden: number,
): Value {
  const dims = graph.expectTensor(name, [vocabulary, hidden]);
  const table = graph.weight(name, { kind: "copied", tensors: [name], dims, plus: 0 });
  return graph.node("Gather", [table, ids], { attributes: { axis: { int: 0 } } });
}

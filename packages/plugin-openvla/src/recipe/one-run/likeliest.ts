import { reshape } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";

/**
 * The first place of the greatest number of each row, float32 `[1, rows]`: what `ArgMax` gives, in nodes that are fast
 * on WebGPU, where one thread goes through a row of it. Rows of many words are reduced in two steps.
 *
 * @param logits `[1, rows, words]`; the last place where one of them is not a number
 */
export function likeliest(graph: GraphBuilder, logits: Value, rows: number, words: number): Value {
  return graph.scope("likeliest", () => {
    const flat = reshape(graph, logits, rows, words);
    const greatest = reduced(graph, "ReduceMax", flat, rows, words);
    const places = graph.node("Where", [
      graph.node("Equal", [flat, greatest]),
      graph.weight(
        `places.${words}`,
        {
          kind: "computed",
          values: Float32Array.from({ length: words }, (_, index) => index),
          dims: [1, words],
        },
        "float32",
      ),
      reshape(graph, graph.constants.float(words - 1, "float32"), 1, 1),
    ]);
    return reshape(graph, reduced(graph, "ReduceMin", places, rows, words), 1, rows);
  });
}

/** `[rows, words]` → `[rows, 1]`. */
function reduced(
  graph: GraphBuilder,
  op: "ReduceMax" | "ReduceMin",
  x: Value,
  rows: number,
  words: number,
): Value {
  const parts = divisorBelowRoot(words);
  const inner = reshape(
    graph,
    reduce(graph, op, reshape(graph, x, rows * parts, words / parts)),
    rows,
    parts,
  );
  return reduce(graph, op, inner);
}

function reduce(graph: GraphBuilder, op: string, x: Value): Value {
  return graph.node(op, [x, graph.constants.ints(1)], { attributes: { keepdims: { int: 1 } } });
}

function divisorBelowRoot(words: number): number {
  let parts = Math.floor(Math.sqrt(words));
  while (words % parts !== 0) parts -= 1;
  return parts;
}

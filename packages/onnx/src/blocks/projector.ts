import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activate } from "./activations.ts";
import { linear } from "./linear.ts";

/** Linear layers with a GELU between each two, `[…, sizes[0]]` → `[…, sizes.at(-1)]`. */
export function geluMlp(
  graph: GraphBuilder,
  x: Value,
  names: readonly string[],
  sizes: readonly number[],
): Value {
  return names.reduce((value, name, index) => {
    const spec = {
      weights: [`${name}.weight`],
      biases: [`${name}.bias`],
      input: sizes[index] ?? 0,
      outputs: [sizes[index + 1] ?? 0],
    };
    return linear(graph, index === 0 ? value : activate(graph, value, "gelu"), spec);
  }, x);
}

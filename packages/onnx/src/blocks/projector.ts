import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activate } from "./activations.ts";
import { dense } from "./linear.ts";
import type { LinearSpec } from "./linear.ts";

/** Linear layers with a GELU between each two, `[…, sizes[0]]` → `[…, sizes.at(-1)]`. */
export function geluMlp(
  graph: GraphBuilder,
  x: Value,
  names: readonly string[],
  sizes: readonly number[],
  options: Pick<LinearSpec, "exact"> = {},
): Value {
  return names.reduce((value, name, index) => {
    const rows = index === 0 ? value : activate(graph, value, "gelu");
    return dense(graph, rows, name, sizes[index] ?? 0, sizes[index + 1] ?? 0, options);
  }, x);
}

import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Dimension, Value } from "../graph/graph-model.ts";
import { cast } from "./shapes.ts";

/** A float32 input, in the graph's float type. */
export function floatInput(graph: GraphBuilder, name: string, dims: readonly Dimension[]): Value {
  return cast(graph, graph.input(name, "float32", dims), "float32", graph.floatType);
}

/** A value of the graph's float type as a float32 output. */
export function floatOutput(
  graph: GraphBuilder,
  value: Value,
  name: string,
  dims: readonly Dimension[],
): void {
  graph.output(cast(graph, value, graph.floatType, "float32"), name, "float32", dims);
}

import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { PlannedGraph } from "../../src/graph/graph-model.ts";
import type { ElementType } from "../../src/graph/value-types.ts";
import { MapSource } from "./map-source.ts";

const FLAT = { dims: [2] } as const;

/** A graph with inputs `x` (float32), `half` (float16), `ids` (int64) and `taken` (bool) and output `y`. */
export function smallGraph(
  build: (graph: GraphBuilder) => string,
  type: ElementType = "float32",
): PlannedGraph {
  const graph = new GraphBuilder("small", new MapSource(), "float32");
  graph.input("x", "float32", FLAT.dims);
  graph.input("half", "float16", FLAT.dims);
  graph.input("ids", "int64", FLAT.dims);
  graph.input("taken", "bool", [1]);
  graph.output(build(graph), "y", type, FLAT.dims);
  return graph.build();
}

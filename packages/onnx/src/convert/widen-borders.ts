import { typeNumber } from "../graph/element-types.ts";
import type { Attribute, GraphNode, PlannedGraph, Value, ValueInfo } from "../graph/graph-model.ts";

/**
 * A graph that computes in half precision among others that do not: what it takes and gives is float32, as theirs, and
 * is cast inside.
 */
export function widenBorders(graph: PlannedGraph): PlannedGraph {
  const inside = new Map(
    [...graph.inputs, ...graph.outputs].flatMap(({ name, type }) =>
      type === "float16" ? [[name, `${name}.float16`] as const] : [],
    ),
  );
  const named = (value: Value): Value => inside.get(value) ?? value;
  const rename = (node: GraphNode): GraphNode => ({
    ...node,
    inputs: node.inputs.map(named),
    outputs: node.outputs.map(named),
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([name, value]): [string, Attribute] => [
        name,
        "graph" in value ? { graph: { ...value.graph, nodes: value.graph.nodes.map(rename) } } : value,
      ]),
    ),
  });
  const half = ({ name }: ValueInfo): boolean => inside.has(name);
  const widened = (info: ValueInfo): ValueInfo => (half(info) ? { ...info, type: "float32" } : info);
  return {
    ...graph,
    inputs: graph.inputs.map(widened),
    outputs: graph.outputs.map(widened),
    nodes: [
      ...graph.inputs.filter(half).map(({ name }) => castAt(name, named(name), "float16")),
      ...graph.nodes.map(rename),
      ...graph.outputs.filter(half).map(({ name }) => castAt(named(name), name, "float32")),
    ],
  };
}

function castAt(from: Value, to: Value, type: "float32" | "float16"): GraphNode {
  return {
    op: "Cast",
    domain: "",
    name: `border/${to}`,
    inputs: [from],
    outputs: [to],
    attributes: { to: { int: typeNumber(type) } },
  };
}

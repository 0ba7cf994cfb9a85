import type { PlannedGraph, Value } from "../../packages/onnx/src/graph.ts";

type GraphNode = PlannedGraph["nodes"][number];
type PlannedWeight = PlannedGraph["weights"][number];

/**
 * A one-run graph whose passes over many rows, the prompt's and the draft's, keep their matrices when it is quantised:
 * those are bound by arithmetic, which quantised matrices slow down; a token alone is bound by reading them.
 */
export function exactPrompt(graph: PlannedGraph): PlannedGraph {
  const matrices = new Map(
    graph.weights.flatMap((weight) => (weight.plan.kind === "transposed" ? [[weight.name, weight]] : [])),
  );
  const exact = new Map<Value, PlannedWeight>();
  const kept = (node: GraphNode): GraphNode => {
    const [rows = "", name = ""] = node.inputs;
    const weight = node.op === "MatMul" ? matrices.get(name) : undefined;
    if (weight?.plan.kind !== "transposed") return node;
    const own = `${name}.exact`;
    exact.set(own, { ...weight, name: own, plan: { ...weight.plan, exact: true } });
    return { ...node, inputs: [rows, own] };
  };
  /** Up to the first answer, and all that is outside of loops where the answers of a draft come at once. */
  const branch = (nodes: readonly GraphNode[]): GraphNode[] => {
    const first = nodes.some(({ op }) => op === "Loop")
      ? nodes.length
      : nodes.findIndex(({ op }) => op === "ArgMax");
    return nodes.map((node, index) => (index < first ? kept(node) : node));
  };
  const nodes = graph.nodes.map((node) => ({
    ...node,
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([name, value]) => [
        name,
        "graph" in value ? { graph: { ...value.graph, nodes: branch(value.graph.nodes) } } : value,
      ]),
    ),
  }));
  return { ...graph, nodes, weights: [...graph.weights, ...exact.values()] };
}

import type { PlannedGraph, Value } from "../../packages/onnx/src/graph.ts";

/** Layers of a language model, large enough that no cache holds one. */
const LAYER = /(language_model\.(?:model\.)?layers\.)\d+\./gu;

function first(name: string): string {
  return name.replaceAll(LAYER, (_, prefix: string) => `${prefix}0.`);
}

/**
 * A graph whose decoder layers share one set of weights: a model of the real sizes is made and loaded in seconds, and
 * runs as long as one with weights of its own, since a layer is larger than the caches of a GPU. Small vectors and the
 * vision towers stay as they are.
 */
export function sharedLayers(graph: PlannedGraph): PlannedGraph {
  const renamed = new Set(graph.weights.map(({ name }) => name));
  const rename = (value: Value): Value => (renamed.has(value) ? first(value) : value);
  const node = (made: PlannedGraph["nodes"][number]): PlannedGraph["nodes"][number] => ({
    ...made,
    inputs: made.inputs.map(rename),
    attributes: Object.fromEntries(
      Object.entries(made.attributes).map(([name, value]) => [
        name,
        "graph" in value ? { graph: { ...value.graph, nodes: value.graph.nodes.map(node) } } : value,
      ]),
    ),
  });
  const weights = new Map(
    graph.weights.map((weight) => {
      const { plan } = weight;
      const shared =
        plan.kind === "computed" || plan.kind === "scales"
          ? plan
          : { ...plan, tensors: plan.tensors.map(first) };
      return [first(weight.name), { ...weight, name: first(weight.name), plan: shared }] as const;
    }),
  );
  return { ...graph, nodes: graph.nodes.map(node), weights: [...weights.values()] };
}

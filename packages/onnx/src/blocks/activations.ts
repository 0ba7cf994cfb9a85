import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";

export type Activation = "gelu" | "gelu-tanh" | "quick-gelu" | "silu";

/** An activation, element by element. */
export function activate(graph: GraphBuilder, x: Value, activation: Activation): Value {
  if (activation === "quick-gelu") {
    return graph.node("QuickGelu", [x], { domain: "com.microsoft", attributes: { alpha: { float: 1.702 } } });
  }
  if (activation === "silu") return graph.node("Mul", [x, graph.node("Sigmoid", [x])]);
  const approximate = activation === "gelu" ? "none" : "tanh";
  return graph.node("Gelu", [x], { attributes: { approximate: { string: approximate } } });
}

/** An activation of rows and their bias `[size]`, in one node where the engine has one. */
export function activateBiased(graph: GraphBuilder, x: Value, bias: Value, activation: Activation): Value {
  if (activation === "gelu") return graph.node("BiasGelu", [x, bias], { domain: "com.microsoft" });
  if (activation === "gelu-tanh") return graph.node("FastGelu", [x, bias], { domain: "com.microsoft" });
  return activate(graph, graph.node("Add", [x, bias]), activation);
}

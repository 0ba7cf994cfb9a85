import type { ConstantPool } from "../graph/constant-pool.ts";
import type { GraphNode, Value } from "../graph/graph-model.ts";
import type { TransposedPlan } from "../weights/weight-plan.ts";
import { NodesBeside } from "./product.ts";

/**
 * `Attention` has its product inside, by a matrix of floats. Where that is to be quantised, the node becomes the
 * product, its three parts, and attention that adds their biases; any other node stays.
 */
export function openPackedAttention(
  node: GraphNode,
  matrices: ReadonlyMap<Value, { readonly plan: TransposedPlan }>,
  constants: ConstantPool,
): readonly GraphNode[] {
  const [rows = "", name = "", bias = ""] = node.inputs;
  const matrix = node.op === "Attention" ? matrices.get(name) : undefined;
  if (matrix === undefined) return [node];
  const beside = new NodesBeside(node);
  const product = beside.add("MatMul", "qkv", [rows, name]);
  const width = matrix.plan.dims[1] / 3;
  const parts = ["query", "key", "value"].map((part) => `${node.name}/${part}`);
  beside.add("Split", "parts", [product, constants.ints(width, width, width)], {
    outputs: parts,
    attributes: { axis: { int: -1 } },
  });
  return [...beside.nodes, { ...node, op: "MultiHeadAttention", inputs: [...parts, bias] }];
}

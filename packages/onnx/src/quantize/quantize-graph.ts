import { ConstantPool } from "../graph/constant-pool.ts";
import type { Attribute, GraphNode, PlannedGraph, PlannedWeight, Value } from "../graph/graph-model.ts";
import type { TransposedPlan, WeightFormat } from "../weights/weight-plan.ts";
import { int4Product } from "./int4-product.ts";
import { int8Product } from "./int8-product.ts";
import { openPackedAttention } from "./open-packed-attention.ts";
import type { KnownRows, Product } from "./product.ts";

/** Narrower matrices stay as they are: less than a block a row. */
const LEAST_WIDTH = 32;

/**
 * A graph whose products by large matrices are quantised: a `MatMul` by a matrix as `linear()` plans it becomes the nodes
 * of the format, which write the same value. Word tables, norms, convolutions, products of two values, matrices of rows
 * below 32 numbers and those that are planned `exact` stay as they are.
 *
 * @param rows `one`: products of one row alone; a matrix that passes over many rows read, too, is there twice
 */
export function quantizeGraph(
  graph: PlannedGraph,
  format: WeightFormat,
  rows: "all" | "one" = "all",
): PlannedGraph {
  const matrices = new Map(
    graph.weights.flatMap((weight) => {
      const { plan } = weight;
      return plan.kind === "transposed" && isQuantized(plan)
        ? [[weight.name, { weight, plan }] as const]
        : [];
    }),
  );
  const constants = new ConstantPool();
  const weights = new Map<Value, PlannedWeight>();
  const product = format.kind === "int4" ? int4Product(format.block) : int8Product;

  const wanted = ({ oneRow = false }: GraphNode): boolean => rows === "all" || oneRow;
  const rewrite = (nodes: readonly GraphNode[], known: KnownRows): GraphNode[] =>
    nodes
      .flatMap((packed) => (wanted(packed) ? openPackedAttention(packed, matrices, constants) : [packed]))
      .flatMap((node) => {
        const [row = "", name = ""] = node.inputs;
        const matrix = node.op === "MatMul" && wanted(node) ? matrices.get(name) : undefined;
        if (matrix === undefined) return [withBranches(node, (inner) => rewrite(inner, seenInside(known)))];
        const made: Product = product({ node, rows: row, ...matrix, constants, known });
        for (const weight of made.weights) weights.set(weight.name, weight);
        return made.nodes;
      });

  const nodes = rewrite(graph.nodes, { quantized: new Map(), guards: new Map() });
  const read = valuesRead(nodes);
  const present = new Set(graph.constants.map(({ name }) => name));
  return {
    ...graph,
    nodes,
    constants: [...graph.constants, ...constants.initializers().filter(({ name }) => !present.has(name))],
    weights: [
      ...graph.weights.filter(({ name }) => !matrices.has(name) || read.has(name)),
      ...weights.values(),
    ],
  };
}

function isQuantized({ dims: [width], exact = false }: TransposedPlan): boolean {
  return !exact && width >= LEAST_WIDTH;
}

/** A branch sees what was made around it; what it makes is seen nowhere else. */
function seenInside({ quantized, guards }: KnownRows): KnownRows {
  return { quantized: new Map(quantized), guards: new Map(guards) };
}

function withBranches(node: GraphNode, change: (nodes: readonly GraphNode[]) => GraphNode[]): GraphNode {
  const attributes = Object.entries(node.attributes).map(([name, value]): [string, Attribute] => [
    name,
    "graph" in value ? { graph: { ...value.graph, nodes: change(value.graph.nodes) } } : value,
  ]);
  return { ...node, attributes: Object.fromEntries(attributes) };
}

function valuesRead(nodes: readonly GraphNode[], read: Set<Value> = new Set()): Set<Value> {
  for (const { inputs, attributes } of nodes) {
    for (const value of inputs) read.add(value);
    for (const attribute of Object.values(attributes))
      if ("graph" in attribute) valuesRead(attribute.graph.nodes, read);
  }
  return read;
}

import { ABSENT } from "./absent.ts";
import type { PlannedGraph } from "./graph-model.ts";
import { graphInvalid } from "./graph-invalid.ts";
import type { GraphNode, ValueInfo } from "./graph-model.ts";
import type { ElementType } from "./value-types.ts";
import { GraphScope } from "./graph-scope.ts";
import { specOf } from "./node-specs.ts";
import { checkAttributes } from "./verify-attributes.ts";
import { bindInputs, outputTypes } from "./verify-ports.ts";

/**
 * Walks a graph in its order and checks every node against the table of legal nodes: what it reads exists
 * and has a type that fits, its attributes are known, names are given once, outputs are as declared. Shapes
 * are not looked at.
 *
 * @throws `graph-invalid` for the first offender, which the message names
 */
export function verifyGraph(graph: PlannedGraph): void {
  const scope = new GraphScope();
  const where = `graph ${graph.name}`;
  for (const { name, type } of graph.inputs) scope.define(name, type, `input of ${where}`);
  for (const { name, type } of graph.constants) scope.define(name, type, `constant of ${where}`);
  for (const { name, type } of graph.weights) scope.define(name, type, `weight of ${where}`);
  verifyNodes(graph.nodes, scope, where, new Set());
  verifyOutputs(graph.outputs, scope, where);
  verifyRead(graph, scope);
}

function verifyNodes(
  nodes: readonly GraphNode[],
  scope: GraphScope,
  where: string,
  names: Set<string>,
): void {
  for (const node of nodes) {
    const place = `node ${node.name} (${node.op}) in ${where}`;
    if (names.has(node.name)) throw graphInvalid(`one node of this name: ${place}`, "two", "rename one");
    names.add(node.name);
    verifyNode(node, scope, place, names);
  }
}

function verifyNode(node: GraphNode, scope: GraphScope, place: string, names: Set<string>): void {
  const spec = specOf(node.domain, node.op) ?? node.spec;
  if (spec === undefined)
    throw graphInvalid(
      `a known operator: ${place}`,
      `${node.op} of domain "${node.domain}"`,
      "give the node a spec, or add the operator to standard-specs.ts or microsoft-specs.ts of @vla-pruner/onnx",
    );
  const bound = bindInputs(node, spec, scope, place);
  checkAttributes(node, spec, place);
  const branches = new Map<string, readonly ElementType[]>();
  for (const [name, attribute] of Object.entries(node.attributes)) {
    if (!("graph" in attribute)) continue;
    const inner = new GraphScope(scope);
    const side = `${name} of ${place}`;
    for (const input of attribute.graph.inputs ?? [])
      inner.define(input.name, input.type, `input of ${side}`);
    verifyNodes(attribute.graph.nodes, inner, side, names);
    verifyOutputs(attribute.graph.outputs, inner, side);
    const foreign = attribute.graph.outputs.find((output) => !inner.owns(output.name));
    if (foreign !== undefined)
      throw graphInvalid(
        `outputs of ${side} that it makes itself`,
        `${foreign.name}, from the graph around it`,
        "pass it through an Identity",
      );
    branches.set(
      name,
      attribute.graph.outputs.map(({ type }) => type),
    );
  }
  const types = outputTypes(node, spec, { bound, branches }, place);
  for (const [index, type] of types.entries())
    if (node.outputs[index] !== ABSENT)
      scope.define(node.outputs[index] ?? "", type, `output ${index} of ${place}`);
}

function verifyOutputs(outputs: readonly ValueInfo[], scope: GraphScope, where: string): void {
  for (const { name, type } of outputs) {
    const place = `output ${name} of ${where}`;
    const found = scope.use(name, place);
    if (found !== type)
      throw graphInvalid(`${place} of type ${type}`, found, "cast it, or declare the type it has");
  }
}

/**
 * Weights must have a reader: they would be written for nothing. Inputs need none, they are the face that
 * graphs of many sizes share; nodes need none, ONNX Runtime drops them.
 */
function verifyRead({ name: graph, weights }: PlannedGraph, { read }: GraphScope): void {
  const weight = weights.find(({ name }) => !read.has(name));
  if (weight === undefined) return;
  throw graphInvalid(
    `a node of graph ${graph} that reads its weight ${weight.name}`,
    "none",
    "use the weight, or do not ask for it",
  );
}

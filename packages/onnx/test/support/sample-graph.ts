import { ABSENT } from "../../src/graph/absent.ts";
import type { PlannedGraph } from "../../src/graph/graph-model.ts";
import type { Attribute } from "../../src/graph/graph-model.ts";
import type { ElementType } from "../../src/graph/value-types.ts";
import { NODE_SPECS } from "../../src/graph/node-specs.ts";
import type { InputSpec, NodeSpec } from "../../src/graph/spec-types.ts";
import { SAMPLE_NODES } from "./sample-nodes.ts";
import type { NodeSample } from "./sample-nodes.ts";

/** An operator of the table with its sample. */
export interface Entry {
  readonly domain: string;
  readonly op: string;
  readonly spec: NodeSpec;
  readonly sample: NodeSample;
}

/** All operators of the table; one without a sample is an error. */
export function entries(): Entry[] {
  return [...NODE_SPECS].flatMap(([domain, specs]) =>
    Object.entries(specs).map(([op, spec]) => {
      const sample = SAMPLE_NODES[`${domain}.${op}`] ?? SAMPLE_NODES[op];
      if (sample === undefined) throw new Error(`${op} has no sample`);
      return { domain, op, spec, sample };
    }),
  );
}

/** What variables stand for at one node. */
export type Assigned = Readonly<Record<string, ElementType>>;

/** Everything that the variables of an operator may stand for together. */
export function assignments({ types }: NodeSpec): Assigned[] {
  return Object.entries(types).reduce<Assigned[]>(
    (all, [variable, choices]) =>
      all.flatMap((known) => choices.map((type) => ({ ...known, [variable]: type }))),
    [{}],
  );
}

/** The port of an input; the last one repeats. */
export function portOf({ inputs }: NodeSpec, index: number): { type: string; optional: boolean } {
  const ports: InputSpec[] = Object.values(inputs);
  const port = ports[index] ?? ports.at(-1) ?? "";
  if (typeof port === "string") return { type: port, optional: false };
  if ("optional" in port) return { type: port.optional, optional: true };
  return { type: "variadic" in port ? port.variadic : port.variadicOf, optional: false };
}

/** Types of the sample's inputs under an assignment. */
export function inputTypes({ spec, sample }: Entry, assigned: Assigned): ElementType[] {
  return sample.dims.map((_, index) => {
    const { type } = portOf(spec, index);
    return assigned[type] ?? (type as ElementType);
  });
}

/** A graph of one node; inputs of type null are absent. */
export function graphOf(
  { domain, op, spec, sample }: Entry,
  types: readonly (ElementType | null)[],
  output: ElementType,
  attributes: Readonly<Record<string, Attribute>> = sample.attributes ?? {},
): PlannedGraph {
  const inputs = types.flatMap((type, index) =>
    type === null ? [] : [{ name: `input${index}`, type, dims: sample.dims[index] ?? [] }],
  );
  const outputs = Object.keys(spec.outputs);
  const node = {
    op,
    domain,
    name: "node",
    inputs: types.map((type, index) => (type === null ? ABSENT : `input${index}`)),
    outputs,
    attributes,
  };
  return {
    name: "test",
    inputs,
    outputs: [{ name: outputs[0] ?? "", type: output, dims: [] }],
    nodes: [node],
    constants: [],
    weights: [],
  };
}

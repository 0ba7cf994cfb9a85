import { ABSENT } from "./absent.ts";
import { ELEMENT_TYPES, TYPE_NUMBERS } from "./element-types.ts";
import { graphInvalid } from "./graph-invalid.ts";
import type { GraphNode } from "./graph-model.ts";
import type { ElementType } from "./value-types.ts";
import type { GraphScope } from "./graph-scope.ts";
import type { InputSpec, NodeSpec, OutputSpec, PortType, TypeVariable } from "./spec-types.ts";

/** The type that a variable has at one node, and the input that fixed it. */
interface Binding {
  readonly type: ElementType;
  readonly by: string;
}

export type BoundTypes = ReadonlyMap<string, Binding>;

/** What output types follow from. */
export interface OutputSources {
  readonly bound: BoundTypes;
  /** Types of the outputs of each subgraph. */
  readonly branches: ReadonlyMap<string, readonly ElementType[]>;
}

/**
 * Checks number, existence and types of a node's inputs.
 *
 * @throws `graph-invalid`
 */
export function bindInputs(node: GraphNode, spec: NodeSpec, scope: GraphScope, place: string): BoundTypes {
  const bound = new Map<string, Binding>();
  const ports = Object.entries(spec.inputs);
  const repeated = ports.find(
    ([, accepted]) => typeof accepted === "object" && ("variadic" in accepted || "variadicOf" in accepted),
  );
  const count = Math.max(node.inputs.length, ports.length);
  for (let index = 0; index < count; index += 1) {
    const [port, accepted] = ports[index] ?? repeated ?? [];
    if (port === undefined || accepted === undefined)
      throw graphInvalid(`${ports.length} inputs of ${place} at most`, `${count}`, "leave out the others");
    const input = `input ${index} (${port}) of ${place}`;
    const value = node.inputs[index] ?? ABSENT;
    if (value !== ABSENT) {
      const type = scope.use(value, input);
      if (typeof accepted === "object" && "variadicOf" in accepted) continue;
      const expected = bindType(portType(accepted), type, `input ${index} (${port})`, spec, bound);
      if (expected !== null)
        throw graphInvalid(`${input} of type ${expected}`, `${type}, value ${value}`, "cast it");
    } else if (typeof accepted === "string" || "variadic" in accepted) {
      throw graphInvalid(input, "none", "pass a value: this input is not optional");
    }
  }
  return bound;
}

/** What type an input should have had, in words; null where it is right. */
function bindType(
  wanted: PortType,
  type: ElementType,
  by: string,
  { types }: NodeSpec,
  bound: Map<string, Binding>,
): string | null {
  const open = variableTypes(wanted, types);
  if (open === undefined) return type === wanted ? null : wanted;
  const known = bound.get(wanted);
  if (known !== undefined) return known.type === type ? null : `${known.type} as ${known.by}`;
  if (!open.includes(type)) return open.join(" or ");
  bound.set(wanted, { type, by });
  return null;
}

/**
 * Types of a node's outputs, after checking their number.
 *
 * @throws `graph-invalid`
 */
export function outputTypes(
  node: GraphNode,
  spec: NodeSpec,
  sources: OutputSources,
  place: string,
): ElementType[] {
  const types = Object.values(spec.outputs).flatMap((output) => typesOf(output, node, sources, place));
  if (types.length === node.outputs.length && types.length > 0) return types;
  throw graphInvalid(
    `${Math.max(1, types.length)} outputs of ${place}`,
    `${node.outputs.length}`,
    "ask for as many",
  );
}

function typesOf(output: OutputSpec, node: GraphNode, sources: OutputSources, place: string): ElementType[] {
  if (typeof output === "string") return [boundType(output, sources)];
  if ("statesOf" in output) return (sources.branches.get(output.statesOf) ?? []).slice(1);
  if ("variadic" in output) return node.outputs.map(() => boundType(output.variadic, sources));
  if ("typeIn" in output) {
    const attribute = node.attributes[output.typeIn];
    return ELEMENT_TYPES.filter(
      (type) => attribute !== undefined && "int" in attribute && TYPE_NUMBERS[type] === attribute.int,
    );
  }
  const [first = [], ...others] = output.outputsOf.map((name) => sources.branches.get(name) ?? []);
  const other = others.find((types) => String(types) !== String(first));
  if (other === undefined) return [...first];
  throw graphInvalid(
    `subgraphs of ${place} with outputs of the same types`,
    `${first.join(", ") || "none"} and ${other.join(", ") || "none"}`,
    "cast in one of them",
  );
}

function boundType(type: PortType, { bound }: OutputSources): ElementType {
  return bound.get(type)?.type ?? (type as ElementType);
}

function portType(accepted: Exclude<InputSpec, { readonly variadicOf: "any" }>): PortType {
  if (typeof accepted === "string") return accepted;
  return "optional" in accepted ? accepted.optional : accepted.variadic;
}

function variableTypes(type: PortType, types: NodeSpec["types"]): readonly ElementType[] | undefined {
  return Object.hasOwn(types, type) ? types[type as TypeVariable] : undefined;
}

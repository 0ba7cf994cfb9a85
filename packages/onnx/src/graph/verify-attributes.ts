import { graphInvalid } from "./graph-invalid.ts";
import type { Attribute, GraphNode } from "./graph-model.ts";
import type { AttributeSpec, NodeSpec } from "./spec-types.ts";

/**
 * Checks names, kinds and values of a node's attributes.
 *
 * @throws `graph-invalid`
 */
export function checkAttributes(node: GraphNode, { attributes = {} }: NodeSpec, place: string): void {
  for (const [name, attribute] of Object.entries(node.attributes)) {
    const spec = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (spec === undefined) {
      const known = Object.keys(attributes).join(", ") || "none";
      throw graphInvalid(`attributes of ${place}: ${known}`, name, "correct its name, or leave it out");
    }
    if (!isLegal(attribute, spec))
      throw graphInvalid(
        `attribute ${name} of ${place}: ${describe(spec)}`,
        describeValue(attribute),
        "give it such a value",
      );
  }
  for (const [name, { required = false }] of Object.entries(attributes)) {
    if (required && !Object.hasOwn(node.attributes, name))
      throw graphInvalid(`attribute ${name} of ${place}`, "none", "give it");
  }
}

function isLegal(attribute: Attribute, { kind, values }: AttributeSpec): boolean {
  if (!(kind in attribute)) return false;
  if ("int" in attribute && !Number.isSafeInteger(attribute.int)) return false;
  if ("ints" in attribute && !attribute.ints.every(Number.isSafeInteger)) return false;
  if ("float" in attribute && !Number.isFinite(attribute.float)) return false;
  if (values === undefined) return true;
  const [value] = Object.values(attribute) as [number | string];
  return values.includes(value);
}

function describe({ kind, values }: AttributeSpec): string {
  return values === undefined ? kind : `${kind}, one of ${values.join(", ")}`;
}

function describeValue(attribute: Attribute): string {
  return Object.entries(attribute)
    .map(([kind, value]) => `${kind} ${kind === "graph" ? "" : String(value)}`.trim())
    .join(" ");
}

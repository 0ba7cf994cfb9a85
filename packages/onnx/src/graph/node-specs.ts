import { microsoftSpecs } from "./microsoft-specs.ts";
import type { NodeSpec } from "./spec-types.ts";
import { standardSpecs } from "./standard-specs.ts";

/** The operators that graphs may be made of, by domain. One entry makes an operator known. */
export const NODE_SPECS: ReadonlyMap<string, Readonly<Record<string, NodeSpec>>> = new Map([
  ["", standardSpecs],
  ["com.microsoft", microsoftSpecs],
]);

/** What is legal of an operator; undefined where nobody has said so yet. */
export function specOf(domain: string, op: string): NodeSpec | undefined {
  const specs = NODE_SPECS.get(domain);
  return specs !== undefined && Object.hasOwn(specs, op) ? specs[op] : undefined;
}

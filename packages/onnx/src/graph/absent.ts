import type { Value } from "./graph-model.ts";

/**
 * Stands for an optional input that a node is not given. Files say so with an empty name; here that would
 * be what is left of a value that got lost, so an empty name is refused.
 */
export const ABSENT: Value = "(absent)";

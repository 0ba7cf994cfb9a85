import { misfitOf } from "@vla-pruner/format";
import type { Test } from "@vla-pruner/format";

/** A test for every key that a type has, not for some alone. */
export type Whole<Value> = Readonly<Record<keyof Value, Test>>;

export function orNull(test: Test): Test {
  return (value) => value === null || test(value);
}

/** An object with at least these keys, each of whose values passes. */
export function fits<Value>(value: unknown, shape: Whole<Value>): value is Value {
  return misfitOf(value, shape) === null;
}

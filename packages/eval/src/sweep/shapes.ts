type Test = (value: unknown) => boolean;

/** Of what a type says of its values, as far as a damaged or foreign file would break it. */
export type Shape<Value> = Readonly<Record<keyof Value, Test>>;

export const isText: Test = (value) => typeof value === "string";
export const isNumber: Test = (value) => typeof value === "number";
export const isFlag: Test = (value) => typeof value === "boolean";

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function orNull(test: Test): Test {
  return (value) => value === null || test(value);
}

/** An object whose values all pass. */
export function objectOf(test: Test): Test {
  return (value) => isObject(value) && Object.values(value).every(test);
}

/** An array whose items all pass. */
export function listOf(test: Test): Test {
  return (value) => Array.isArray(value) && value.every(test);
}

/** An object with at least these keys, each of whose values passes. */
export function fits<Value>(value: unknown, shape: Shape<Value>): value is Value {
  return isObject(value) && Object.entries<Test>(shape).every(([key, test]) => test(value[key]));
}

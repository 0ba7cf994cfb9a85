/** Whether a value is what it should be. */
export type Test = (value: unknown) => boolean;

/** What an object must hold, key by key, as far as a damaged or foreign file would break its reader. */
export interface AnyShape {
  readonly [key: string]: Test | AnyShape;
}

/** A shape that names no key which the type does not have. */
export type Shape<Value> = Readonly<Partial<Record<keyof Value, Test | AnyShape>>>;

export const isText: Test = (value) => typeof value === "string";
export const isFlag: Test = (value) => typeof value === "boolean";
export const isNumber: Test = (value) => typeof value === "number" && Number.isFinite(value);
/** A whole number of at least 1. */
export const isCount: Test = (value) => Number.isSafeInteger(value) && (value as number) > 0;
/** A whole number of at least 0. */
export const isWhole: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function oneOf(...words: readonly unknown[]): Test {
  return (value) => words.includes(value);
}

/** Something that may be left out. */
export function optional(test: Test): Test {
  return (value) => value === undefined || test(value);
}

/** An array whose items all pass, at least `least` of them. */
export function listOf(test: Test, least = 0): Test {
  return (value) => Array.isArray(value) && value.length >= least && value.every((item) => test(item));
}

/** An object whose values all pass. */
export function objectOf(test: Test): Test {
  return (value) => isObject(value) && Object.values(value).every((item) => test(item));
}

/** An object of the given shape, as a test within another. */
export function shaped(shape: object): Test {
  return (value) => misfitOf(value, shape) === null;
}

/** What does not fit. */
export interface Misfit {
  /** Keys joined by dots; empty where the value itself is no object. */
  readonly path: string;
  readonly value: unknown;
}

/** The first part of a value that does not fit, or `null`. */
export function misfitOf(value: unknown, shape: object, path = ""): Misfit | null {
  if (!isObject(value)) return { path, value };
  for (const [key, part] of Object.entries<Test | AnyShape>(shape as AnyShape)) {
    const [inner, place] = [value[key], path === "" ? key : `${path}.${key}`];
    if (typeof part === "function") {
      if (!part(inner)) return { path: place, value: inner };
    } else {
      const misfit = misfitOf(inner, part, place);
      if (misfit !== null) return misfit;
    }
  }
  return null;
}

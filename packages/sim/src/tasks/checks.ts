import { VlaPrunerError } from "@vla-pruner/format";

type Fields = Readonly<Record<string, unknown>>;

/** An object with these keys and no others; those with a `?` may be missing. */
export function fieldsOf(value: unknown, path: string, keys: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw broken(path, "an object", value);
  const names = keys.map((key) => key.replace("?", ""));
  const unknown = Object.keys(value).find((key) => !names.includes(key));
  if (unknown !== undefined) throw broken(path, `no keys but ${names.join(", ")}`, unknown);
  const missing = keys.find((key) => !key.endsWith("?") && !Object.hasOwn(value, key));
  if (missing !== undefined) throw broken(`${path}.${missing}`, "a value", undefined);
  return value as Fields;
}

export function textOf(value: unknown, path: string): string {
  if (typeof value !== "string" || value.trim() === "") throw broken(path, "a text that is not empty", value);
  return value;
}

export function oneOf<const Choice extends string>(
  value: unknown,
  path: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw broken(path, `one of ${choices.join(", ")}`, value);
  return choice;
}

/** An array of `least` to `most` items, each read by `read`. */
export function listOf<Item>(
  value: unknown,
  path: string,
  [least, most]: readonly [number, number],
  read: (item: unknown, path: string) => Item,
): Item[] {
  if (!Array.isArray(value) || value.length < least || value.length > most)
    throw broken(path, `an array of ${least} to ${most} items`, value);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

/** `[low, high]` with `least` ≤ low ≤ high ≤ `most`. */
export function rangeOf(
  value: unknown,
  path: string,
  [least, most]: readonly [number, number],
): readonly [number, number] {
  const [low, high] = listOf(value, path, [2, 2], (item) => (typeof item === "number" ? item : Number.NaN));
  if (low === undefined || high === undefined || !(least <= low && low <= high && high <= most))
    throw broken(path, `[low, high] between ${least} and ${most} metres`, value);
  return [low, high];
}

export function countOf(value: unknown, path: string, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > most)
    throw broken(path, `a whole number from 1 to ${most}`, value);
  return value;
}

/** The error of a field, its place in the file first. */
export function broken(path: string, expected: string, found: unknown): VlaPrunerError {
  return new VlaPrunerError("task-invalid", {
    expected: `${path}: ${expected}`,
    found: (JSON.stringify(found) ?? String(found)).slice(0, 80),
    fix: "correct this part of the task",
  });
}

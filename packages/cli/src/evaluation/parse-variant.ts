import { VlaPrunerError } from "@vla-pruner/format";
import type { Variant } from "@vla-pruner/eval";
import type { Disturbances } from "@vla-pruner/sim";

type Variants = Readonly<Record<string, Variant>>;

/** Adds `NAME={"pruner":"vla-pruner","semanticRows":"text"}` to those given before; `pruner` may be left out. */
export function addVariant(word: string, before: Variants = {}): Variants {
  const [, name, json] = /^([\w.+-]+)=(.*)$/su.exec(word) ?? [];
  const value = parseObject("--variant", json);
  if (name === undefined || value === null) throw invalid("--variant", 'NAME={"pruner": …, options …}', word);
  const { pruner = "vla-pruner", ...options } = value;
  if (typeof pruner !== "string") throw invalid("--variant", "a pruner's name", JSON.stringify(pruner));
  const retention = ["retention", "warmup", "seed"].find((option) => Object.hasOwn(options, option));
  if (retention !== undefined) throw invalid("--variant", `no ${retention}: it is the sweep's`, word);
  return { ...before, [name]: { pruner, options } };
}

const DISTURBANCES: Readonly<Record<keyof Disturbances, "number" | "boolean">> = {
  shake: "number",
  pan: "number",
  movingTarget: "number",
  lighting: "number",
  occluder: "boolean",
};

/** `{"shake": 0.01, "occluder": true}` */
export function parseDisturbances(json: string): Disturbances {
  const value = parseObject("--disturb", json);
  const types: Readonly<Record<string, string>> = DISTURBANCES;
  const fits = Object.entries(value ?? {}).every(
    ([name, amount]) => Object.hasOwn(types, name) && typeof amount === types[name],
  );
  if (value !== null && fits) return value;
  throw invalid("--disturb", `a JSON object of ${Object.keys(types).join(", ")}`, json);
}

function parseObject(option: string, json: string | undefined): Record<string, unknown> | null {
  if (json === undefined) return null;
  try {
    const value = JSON.parse(json) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    throw invalid(option, "valid JSON", json);
  }
}

function invalid(option: string, expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `${option}: ${expected}`,
    found: JSON.stringify(found),
    fix: "see --help of this command",
  });
}

import { VlaPrunerError } from "@vla-pruner/format";
import type { CheckpointConfig } from "./model-recipe.ts";

/** What is known of one field of a config. A value of `null` is as if the field were not there. */
export type FieldRule =
  /** The recipe reads it. */
  | "read"
  /** It makes no difference to what is computed, for this reason. */
  | { readonly ignored: string }
  /** It must have one of these values, or be absent: everything else is computed otherwise than in our graphs. */
  | { readonly only: readonly unknown[]; readonly fix?: string }
  /** An object with fields of its own. */
  | { readonly fields: ConfigFields };

/** Every field of a config that the code which writes it knows, by name. */
export type ConfigFields = Readonly<Record<string, FieldRule>>;

/** Rules for fields that a recipe reads. */
export function readFields(...names: readonly string[]): ConfigFields {
  return Object.fromEntries(names.map((name) => [name, "read"]));
}

/** Rules for fields that make no difference, for one reason. */
export function ignoredFields(reason: string, ...names: readonly string[]): ConfigFields {
  return Object.fromEntries(names.map((name) => [name, { ignored: reason }]));
}

const FIX = "this model computes otherwise than the graphs that are built here, so it cannot be converted";

/**
 * Holds a config against the table of its fields.
 *
 * @param where the file, for messages
 * @returns warnings: fields that the table does not know
 * @throws `config-invalid` where a field has a value that is not supported
 */
export function checkFields(config: CheckpointConfig, fields: ConfigFields, where: string): string[] {
  return checkLevel(config, fields, where, "");
}

function checkLevel(config: CheckpointConfig, fields: ConfigFields, where: string, prefix: string): string[] {
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(config)) {
    if (value === null) continue;
    const field = `${prefix}${name}`;
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (rule === undefined) {
      warnings.push(
        `${where}: the field ${field} (${shown(value)}) is not known and was left out of account; if it changes what the model computes, its actions will be wrong`,
      );
    } else if (rule !== "read" && "only" in rule) {
      if (!rule.only.some((allowed) => JSON.stringify(allowed) === JSON.stringify(value)))
        throw unsupported(where, field, value, rule);
    } else if (rule !== "read" && "fields" in rule) {
      if (typeof value !== "object" || Array.isArray(value))
        throw unsupported(where, field, value, { only: ["an object"] });
      warnings.push(...checkLevel(value as CheckpointConfig, rule.fields, where, `${field}.`));
    }
  }
  return warnings;
}

function unsupported(
  where: string,
  field: string,
  value: unknown,
  { only, fix = FIX }: { readonly only: readonly unknown[]; readonly fix?: string },
): VlaPrunerError {
  const allowed = only.map((one) => shown(one)).join(" or ");
  return new VlaPrunerError("config-invalid", {
    expected: `${where} with ${field} ${allowed || "absent"}`,
    found: shown(value),
    fix,
  });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

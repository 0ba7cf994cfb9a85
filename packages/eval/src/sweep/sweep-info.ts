import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { isObject, isText, listOf, objectOf, optional, shaped, VlaPrunerError } from "@vla-pruner/format";
import type { Variant } from "../oracles/evaluated-pruners.ts";
import { writeWhole } from "@vla-pruner/format/files";
import { fits } from "./shapes.ts";
import type { Whole } from "./shapes.ts";
import type { SweepSettings, SweptPolicy } from "./types.ts";
import { orUnwritable } from "../unwritable.ts";

const FILE = "sweep.json";

/** `sweep.json`: what the episodes beside it have in common, and where they were played. */
export interface SweepInfo {
  readonly settings: SweepSettings;
  /** Fingerprint of each policy's model directory. */
  readonly policies: Readonly<Record<string, string>>;
  /** Fingerprint of each task that does not ship, where there are any. */
  readonly tasks?: Readonly<Record<string, string>>;
  readonly machine: string;
  readonly commit: string;
  readonly commands: readonly string[];
}

const VARIANT: Whole<Variant> = { pruner: isText, options: isObject };
const INFO: Whole<SweepInfo> = {
  settings: shaped({ variants: objectOf(shaped(VARIANT)) }),
  policies: objectOf(isText),
  tasks: optional(objectOf(isText)),
  machine: isText,
  commit: isText,
  commands: listOf(isText),
};

/** The info of a folder, or `null` where there is none. @throws `state-invalid` for a damaged file */
export function readSweepInfo(folder: string): SweepInfo | null {
  const path = join(folder, FILE);
  if (!existsSync(path)) return null;
  let info: unknown;
  try {
    info = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw damaged(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (fits(info, INFO)) return info;
  throw damaged(path, JSON.stringify(info).slice(0, 60));
}

/** Whatever stops it, the folder's info is the old one or the new one. @throws `output-unwritable` */
export function writeSweepInfo(folder: string, info: SweepInfo): void {
  const path = join(folder, FILE);
  orUnwritable(path, () => writeWhole(path, `${JSON.stringify(info, null, 2)}\n`));
}

/**
 * Joins what two runs say of themselves.
 *
 * @throws `invalid-option` when their episodes do not belong in one table: other settings of the same thing
 */
export function joinSweepInfo(one: SweepInfo, other: SweepInfo): SweepInfo {
  const { variants, ...rest } = one.settings;
  const { variants: otherVariants, ...otherRest } = other.settings;
  if (!isDeepStrictEqual(rest, otherRest))
    throw clash("settings", JSON.stringify(rest), JSON.stringify(otherRest));
  for (const [what, left, right] of [
    ["variant", variants, otherVariants],
    ["policy", one.policies, other.policies],
    ["task", one.tasks ?? {}, other.tasks ?? {}],
  ] as const) {
    for (const name of Object.keys(left)) {
      const [first, second] = [left[name], right[name]];
      if (second !== undefined && !isDeepStrictEqual(first, second))
        throw clash(`${what} ${name}`, JSON.stringify(first), JSON.stringify(second));
    }
  }
  return {
    settings: { ...other.settings, variants: { ...variants, ...otherVariants } },
    policies: { ...one.policies, ...other.policies },
    ...((one.tasks ?? other.tasks) && { tasks: { ...one.tasks, ...other.tasks } }),
    machine: joined(one.machine, other.machine),
    commit: joined(one.commit, other.commit),
    commands: [...new Set([...one.commands, ...other.commands])],
  };
}

/** Bytes of each file of a model that count for its fingerprint. */
const PROBE = 1 << 20;

/** Tells model directories apart: SHA-256 over `config.json` and the first megabyte of every graph and data file. */
export function fingerprintOf({ ahead, ...policy }: SweptPolicy): string {
  return ahead === true ? `${fingerprintOfModel(policy)}-ahead` : fingerprintOfModel(policy);
}

function fingerprintOfModel({ path, fingerprint }: SweptPolicy): string {
  if (fingerprint !== undefined) return fingerprint;
  const hash = createHash("sha256");
  try {
    hash.update(readFileSync(join(path, "config.json")));
    const files = readdirSync(join(path, "onnx")).toSorted();
    for (const file of files) hash.update(file).update(headOf(join(path, "onnx", file)));
  } catch (cause) {
    throw new VlaPrunerError("model-missing", {
      expected: `a model directory with config.json and onnx at ${path}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "check the path, or make the model with `vla-pruner convert`",
      cause,
    });
  }
  return hash.digest("hex").slice(0, 16);
}

function headOf(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(PROBE);
    return head.subarray(0, readSync(file, head, 0, PROBE, 0));
  } finally {
    closeSync(file);
  }
}

function damaged(path: string, found: string, cause?: unknown): VlaPrunerError {
  return new VlaPrunerError("state-invalid", {
    expected: `what a sweep says of itself, as JSON in ${path}`,
    found,
    fix: "write to another folder",
    cause,
  });
}

function joined(one: string, other: string): string {
  return [...new Set([...one.split("; "), ...other.split("; ")])].join("; ");
}

function clash(what: string, one: string, other: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `the same ${what} in all episodes of one table: ${one}`,
    found: other,
    fix: "write to another folder, or give it another name",
  });
}

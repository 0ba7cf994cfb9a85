import type { PrunerOptions } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/errors";

/** What a user may say of a pruner beside its retention; the seed is the episode's. */
export type PrunerOption = Exclude<keyof PrunerOptions, "retention" | "seed">;

type Kind = readonly [fits: (value: unknown) => boolean, words: string];

const NUMBER: Kind = [(value) => typeof value === "number", "a number"];
const FLAG: Kind = [(value) => typeof value === "boolean", "true or false"];
const LAYERS: Kind = [
  (value) => Array.isArray(value) && value.every((layer) => Number.isInteger(layer)),
  "an array of layer numbers",
];

function oneOf(...words: readonly string[]): Kind {
  return [(value) => words.some((word) => word === value), `one of ${words.join(", ")}`];
}

const KINDS: Readonly<Record<PrunerOption, Kind>> = {
  window: NUMBER,
  decay: NUMBER,
  unseen: oneOf("zero", "carry"),
  legacyWeightOrder: FLAG,
  actionLayers: LAYERS,
  budget: oneOf("per-view", "joint"),
  semanticRows: oneOf("last", "prefill", "text", "raters"),
  visibleRows: FLAG,
  candidates: NUMBER,
  warmup: oneOf("dense", "semantic"),
};

/** Every policy has a memory, so that reports can compare what it records. */
const MEMORY: readonly PrunerOption[] = ["window", "decay", "unseen", "legacyWeightOrder", "actionLayers"];
const SHARE: readonly PrunerOption[] = [...MEMORY, "budget"];
const SEMANTIC: readonly PrunerOption[] = [...SHARE, "semanticRows", "visibleRows"];
const LEVELS: readonly PrunerOption[] = [...SEMANTIC, "candidates"];
const METHOD: readonly PrunerOption[] = [...LEVELS, "warmup"];

/** Those that read other options than `SHARE`. */
const READ: Readonly<Record<string, readonly PrunerOption[]>> = {
  "keep-all": MEMORY,
  recommended: METHOD,
  "vla-pruner": METHOD,
  "action-only": LEVELS,
  "semantic-only": LEVELS,
  "no-diversity": LEVELS,
  "action-diverse": LEVELS,
  "semantic-diverse": LEVELS,
  "current-action": LEVELS,
  "action-now": LEVELS,
  // They are never without a map, and so never name candidates.
  "action-now-only": SEMANTIC,
  "action-now-no-diversity": SEMANTIC,
  oracle: ["window", "budget"],
};

/** The options that a pruner of `EVALUATED_PRUNERS` reads. */
export function optionsOf(pruner: string): readonly PrunerOption[] {
  return (Object.hasOwn(READ, pruner) ? READ[pruner] : undefined) ?? SHARE;
}

/** @throws `invalid-option` for options that the pruner does not read, or of the wrong kind */
export function checkPrunerOptions(pruner: string, options: Readonly<Record<string, unknown>>): void {
  const read = optionsOf(pruner);
  for (const [name, value] of Object.entries(options)) {
    const option = read.find((known) => known === name);
    if (option === undefined) throw invalid(`options that ${pruner} reads: ${read.join(", ")}`, name);
    const [fits, words] = KINDS[option];
    if (!fits(value)) throw invalid(`${name}: ${words}`, JSON.stringify(value));
  }
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected,
    found,
    fix: "correct it, or leave it out for the pruner's own",
  });
}

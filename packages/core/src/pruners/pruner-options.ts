import { isFlag, isNumber, isWhole, listOf, oneOf, SEMANTIC_ROWS, VlaPrunerError } from "@vla-pruner/format";
import type { Test } from "@vla-pruner/format";
import { TEMPORAL_OPTIONS } from "../memory/temporal-options.ts";
import { pickOptions } from "../pick-options.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { derivedPruner } from "./derived-pruner.ts";
import type { VlaPrunerOptions } from "./vla-pruner.ts";

/** Options of any pruner that goes by a name; each reads those it knows. */
export type PrunerOptions = VlaPrunerOptions & { readonly seed?: number };

/** What a user may say of a pruner beside its retention and its seed. */
export type PrunerOption = Exclude<keyof PrunerOptions, "retention" | "seed">;

/** A pruner that goes by a name, on the command line and in reports. */
export interface NamedPruner {
  readonly make: (options: PrunerOptions) => TokenPruner;
  /** Options that it reads. Those of the temporal memory go with every pruner, and need not be named. */
  readonly reads: readonly (keyof PrunerOptions)[];
  /** `false` where what the memory records means nothing for it: only what it reads is taken then. */
  readonly temporal?: boolean;
}

const KINDS: Readonly<Record<PrunerOption, readonly [fits: Test, words: string]>> = {
  window: [isNumber, "a number"],
  decay: [isNumber, "a number"],
  unseen: [oneOf("zero", "carry"), "one of zero, carry"],
  legacyWeightOrder: [isFlag, "true or false"],
  actionLayers: [listOf(isWhole), "an array of layer numbers"],
  budget: [oneOf("per-view", "joint"), "one of per-view, joint"],
  semanticRows: [oneOf(...SEMANTIC_ROWS), `one of ${SEMANTIC_ROWS.join(", ")}`],
  visibleRows: [isFlag, "true or false"],
  candidates: [isNumber, "a number"],
  warmup: [oneOf("dense", "semantic"), "one of dense, semantic"],
};

/** The options that a named pruner reads, those of its memory included. */
export function optionsOf({ reads, temporal = true }: NamedPruner): readonly PrunerOption[] {
  const names = Object.keys(KINDS) as PrunerOption[];
  return names.filter((name) => (temporal && isTemporal(name)) || reads.includes(name));
}

/**
 * Refuses options that a named pruner does not read, or of the wrong kind.
 *
 * @param options beside retention and seed
 * @throws `invalid-option`
 */
export function checkPrunerOptions(
  name: string,
  pruner: NamedPruner,
  options: Readonly<Record<string, unknown>>,
): void {
  const read = optionsOf(pruner);
  for (const [given, value] of Object.entries(options)) {
    const option = read.find((known) => known === given);
    if (option === undefined) throw invalid(`options that ${name} reads: ${read.join(", ")}`, given);
    const [fits, words] = KINDS[option];
    if (!fits(value)) throw invalid(`${option}: ${words}`, JSON.stringify(value));
  }
}

/**
 * The pruner of some options. The seed is dropped where nothing is drawn; the options of temporal memory go with every
 * pruner, so that reports can compare what they record.
 *
 * @throws `invalid-option`
 */
export function makePruner(name: string, pruner: NamedPruner, options: PrunerOptions): TokenPruner {
  const { retention: _retention, seed: _seed, ...rest } = options;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  checkPrunerOptions(name, pruner, given);
  return withTemporalOptions(pruner.make(pickOptions(options, [...pruner.reads])), options);
}

/** A pruner whose memory goes by those of some options that are the temporal memory's. */
export function withTemporalOptions(pruner: TokenPruner, options: PrunerOptions): TokenPruner {
  return derivedPruner(pruner, {
    temporal: { ...pruner.temporal, ...pickOptions(options, [...TEMPORAL_OPTIONS]) },
  });
}

function isTemporal(name: PrunerOption): boolean {
  return TEMPORAL_OPTIONS.some((known) => known === name);
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected,
    found,
    fix: "correct it, or leave it out for the pruner's own",
  });
}

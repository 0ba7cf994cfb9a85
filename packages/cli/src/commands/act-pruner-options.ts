import type { BudgetMode, PrunerOptions, SemanticRows } from "@vla-pruner/core";
import type { ChosenPruner } from "@vla-pruner/core/modules";
import { latterHalf, VlaPrunerError } from "@vla-pruner/format";

/** What `act` is told about the pruner. */
export interface ActPrunerOptions {
  readonly retention: number;
  readonly seed: number;
  readonly window?: number;
  readonly decay?: number;
  readonly semanticRows?: SemanticRows;
  readonly visibleRows?: boolean;
  readonly candidates?: number;
  readonly warmup?: "dense" | "semantic";
  readonly unseen?: "zero" | "carry";
  readonly budget?: BudgetMode;
  readonly legacyWeightOrder?: boolean;
  readonly actionLayers?: readonly number[] | "latter-half";
}

/** The options that were given, for a decoder of so many layers. */
export function prunerOptions(options: ActPrunerOptions, layers: number): PrunerOptions {
  const { retention, seed, actionLayers } = options;
  const { window, decay, semanticRows, visibleRows, candidates, warmup, unseen, budget, legacyWeightOrder } =
    options;
  const given = {
    window,
    decay,
    semanticRows,
    visibleRows,
    candidates,
    warmup,
    unseen,
    budget,
    legacyWeightOrder,
    actionLayers: actionLayers === "latter-half" ? latterHalf(layers) : actionLayers,
  };
  return {
    retention,
    seed,
    ...(Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as Partial<PrunerOptions>),
  };
}

/** @throws `invalid-option` for one that was given and that the pruner does not read */
export function checkOptionsRead({ name, reads }: ChosenPruner, given: PrunerOptions): void {
  if (reads === null) return;
  const { retention: _retention, seed: _seed, ...chosen } = given;
  const unread = Object.keys(chosen).find((option) => !reads.includes(option));
  if (unread === undefined) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `options that ${name} reads: ${reads.map(flagOf).join(", ")}`,
    found: flagOf(unread),
    fix: "leave it out, or choose another pruner",
  });
}

function flagOf(option: string): string {
  return `--${option.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
}

import { dtypeOf, VlaPrunerError } from "@vla-pruner/format";
import type { VlaBlock } from "@vla-pruner/format";

/** What a step came to, as `act --json` prints it and episode files may record it. */
export interface RecordedStep {
  /** `[horizon][action]`, robot units. */
  readonly action?: readonly (readonly number[])[];
  /** Action token ids. */
  readonly tokens?: readonly number[] | null;
  /** Kept tokens of each view, within the view. */
  readonly kept?: readonly (readonly number[])[];
}

/** How far two runs of one model may be apart. */
export interface StepTolerance {
  /** Largest difference of an action's number, as a share of how far that number moves. */
  readonly action: number;
  /** Smallest mean share of the expected kept tokens that are kept. */
  readonly kept: number;
}

/** How far two runs were apart; `null` where nothing of the kind was there to compare. */
export interface StepComparison {
  readonly steps: number;
  /** Differences of the actions' numbers, as shares of how far each number moves. */
  readonly action: { readonly largest: number; readonly mean: number } | null;
  /** Share of the action tokens that are the same. */
  readonly tokens: number | null;
  /** Share of the expected kept tokens that are kept. */
  readonly kept: { readonly smallest: number; readonly mean: number } | null;
}

/** By dtype, against a float32 reference: rounding grows with fewer bits, and moves tokens at the border of the budget. */
const TOLERANCES: Readonly<Record<string, StepTolerance>> = {
  fp32: { action: 1e-3, kept: 0.99 },
  fp16: { action: 0.03, kept: 0.95 },
  q8: { action: 0.15, kept: 0.85 },
  fp32_q4: { action: 0.4, kept: 0.7 },
  fp16_q4f16: { action: 0.4, kept: 0.7 },
  q4: { action: 0.4, kept: 0.7 },
  q4f16: { action: 0.4, kept: 0.7 },
};

/** The tolerance of a model: that of its coarsest session. */
export function toleranceOf(vla: Pick<VlaBlock, "dtype" | "sessions">): StepTolerance {
  const dtypes = Object.values(vla.sessions).map((entry) => dtypeOf(vla, entry));
  const coarsest = Object.keys(TOLERANCES).findLast((dtype) => dtypes.includes(dtype)) ?? "fp32";
  return TOLERANCES[coarsest] ?? { action: 1e-3, kept: 0.99 };
}

/** Whether a comparison stays within a tolerance. */
export function isWithin({ action, kept }: StepComparison, tolerance: StepTolerance): boolean {
  const near = action === null || action.largest <= tolerance.action;
  return near && (kept === null || kept.mean >= tolerance.kept);
}

/**
 * Compares steps with what is expected of them, pair by pair; an expected chunk may be shorter than the one found.
 *
 * @throws `episode-file-invalid` where actions or views do not go together at all
 */
export function compareSteps(
  expected: readonly RecordedStep[],
  found: readonly RecordedStep[],
): StepComparison {
  const pairs = expected.map((step, index) => [step, found[index] ?? {}] as const);
  const differences = actionDifferences(pairs);
  const tokens = pairs.flatMap(([want, got]) =>
    (want.tokens ?? []).map((token, index) => (token === got.tokens?.[index] ? 1 : 0)),
  );
  const kept = pairs.flatMap(([want, got]) =>
    want.kept === undefined ? [] : [keptShare(want.kept, got.kept)],
  );
  return {
    steps: expected.length,
    action:
      differences.length === 0 ? null : { largest: Math.max(...differences), mean: meanOf(differences) },
    tokens: tokens.length === 0 ? null : meanOf(tokens),
    kept: kept.length === 0 ? null : { smallest: Math.min(...kept), mean: meanOf(kept) },
  };
}

type Pair = readonly [expected: RecordedStep, found: RecordedStep];

function actionDifferences(pairs: readonly Pair[]): number[] {
  const rows = pairs.flatMap(([want, got]) =>
    (want.action ?? []).map((row, index) => [row, got.action?.[index] ?? []] as const),
  );
  const width = rows[0]?.[0].length ?? 0;
  for (const [want, got] of rows) {
    if (want.length !== width || got.length !== width)
      throw mismatch(
        `recorded actions of ${got.length} numbers, no more rows than a chunk`,
        `${want.length}`,
      );
  }
  const scales = scalesOf(
    rows.map(([want]) => want),
    width,
  );
  return rows.flatMap(([want, got]) =>
    want.map((value, index) => Math.abs(value - (got[index] ?? Number.NaN)) / (scales[index] ?? 1)),
  );
}

/** How far each number of an action moves; one that hardly does is measured by a hundredth of the liveliest. */
function scalesOf(rows: readonly (readonly number[])[], width: number): number[] {
  const scales = Array.from({ length: width }, (_, index) => {
    const values = rows.map((row) => row[index] ?? 0);
    return Math.max(Math.max(...values) - Math.min(...values), ...values.map(Math.abs));
  });
  const least = 0.01 * Math.max(...scales, 1e-6);
  return scales.map((scale) => Math.max(scale, least));
}

function keptShare(want: readonly (readonly number[])[], got: RecordedStep["kept"] = []): number {
  if (want.length !== got.length) throw mismatch(`kept tokens of ${got.length} views`, `${want.length}`);
  const all = want.flatMap((view, index) => {
    const there = new Set(got[index]);
    return view.map((token) => (there.has(token) ? 1 : 0));
  });
  const extra = got.flat().length - want.flat().length; // too many kept would hold any set
  return all.length === 0 ? 1 : meanOf(all) * Math.min(1, all.length / (all.length + Math.max(0, extra)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mismatch(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("episode-file-invalid", {
    expected,
    found,
    fix: "compare with what the same model, and the same views, gave",
  });
}

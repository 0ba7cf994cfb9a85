import { VlaPrunerError } from "@vla-pruner/core";
import { isNumber, isObject, listOf, statisticsNamed } from "@vla-pruner/format";
import { NORM_KEYS } from "./norm-keys.ts";
import type { Convention, NormMode, Pi0Vla } from "./pi0-vla.ts";

/** `robot = (model + shift) · range / (1 + shift) + low`: `shift` 0 for z-scores, 1 for quantiles. */
export interface Formula {
  readonly low: readonly number[];
  readonly range: readonly number[];
  readonly shift: 0 | 1;
  /** Dimensions that were not constant in training. */
  readonly moves: readonly boolean[];
}

/** Formulas of one training set; `null` where the model has no statistics and vectors pass as they are. */
export interface Pi0Statistics {
  /** Robot units → model units. */
  readonly state: Formula | null;
  /** Model units → robot units. */
  readonly action: Formula | null;
}

const EPSILON = 1e-6;
const LEROBOT_EPSILON = 1e-8;

/**
 * The statistics that normalise the state and un-normalise actions.
 *
 * @param key asset id; may be left out where there is only one
 * @throws `unnorm-key`, `config-invalid`
 */
export function readStatistics(
  { norm_stats: normStats, normalization, convention }: Pi0Vla,
  key: string | undefined,
): Pi0Statistics {
  if (Object.keys(normStats).length === 0 && key === undefined) return { state: null, action: null };
  const { name, statistics } = statisticsNamed(normStats, key);
  const { state, action } = statistics;
  const kind = { convention, back: false };
  return {
    state:
      state === undefined ? null : formulaOf(`${name}.state`, state, { ...kind, mode: normalization.state }),
    action: formulaOf(`${name}.action`, action, { ...kind, mode: normalization.action, back: true }),
  };
}

/** State in robot units → model units, not padded. Statistics may be longer than the state, not shorter. */
export function normalizeState(state: readonly number[], formula: Formula | null): number[] {
  if (formula === null) return [...state];
  const { low, range, shift } = formula;
  return state.map((value, index) => {
    return ((value - (low[index] ?? 0)) / (range[index] ?? 1)) * (1 + shift) - shift;
  });
}

/**
 * Model output `[horizon, action]` → robot units.
 *
 * @param size numbers of a robot's action; as many as the statistics have where absent
 */
export function unnormalizeActions(
  raw: Float32Array,
  width: number,
  formula: Formula | null,
  size: number = formula?.range.length ?? width,
): number[][] {
  const { low = [], range = [], shift = 0 } = formula ?? {};
  const kept = Math.min(width, size);
  return Array.from({ length: raw.length / width }, (_, row) =>
    Array.from({ length: kept }, (_value, index) => {
      const value = raw[row * width + index] ?? 0;
      return ((value + shift) / (1 + shift)) * (range[index] ?? 1) + (low[index] ?? 0);
    }),
  );
}

/** Actions relative to the state → absolute ones: the state is added where they are relative (lerobot, openpi). */
export function absoluteActions(
  actions: readonly (readonly number[])[],
  state: readonly number[],
  relative: readonly boolean[],
): number[][] {
  return actions.map((action) =>
    action.map((value, index) => (relative[index] === true ? value + (state[index] ?? Number.NaN) : value)),
  );
}

interface FormulaKind {
  readonly mode: NormMode;
  readonly convention: Convention;
  /** Whether model units go back to robot units; lerobot's two ways differ. */
  readonly back: boolean;
}

function isVector(value: unknown): value is readonly number[] {
  return listOf(isNumber, 1)(value);
}

function formulaOf(what: string, stats: unknown, { mode, convention, back }: FormulaKind): Formula | null {
  const vectors = isObject(stats) ? stats : {};
  const keys = NORM_KEYS[mode];
  if (keys === null) {
    const [any] = Object.values(vectors);
    const length = Array.isArray(any) ? any.length : 0;
    if (length === 0) return null;
    const all = <Value>(value: Value): Value[] => Array.from({ length }, () => value);
    return { low: all(0), range: all(1), shift: 0, moves: all(true) };
  }
  const [first, second] = keys;
  const [low, high] = [vectors[first], vectors[second]];
  if (!isVector(low) || !isVector(high) || low.length !== high.length) {
    throw new VlaPrunerError("config-invalid", {
      expected: `${first} and ${second} of equal length in norm_stats.${what}`,
      found: JSON.stringify({ [first]: low, [second]: high }).slice(0, 80),
      fix: "correct the statistics of the checkpoint and convert it again",
    });
  }
  const lerobot = convention === "lerobot";
  if (mode === "z-score") {
    const epsilon = lerobot ? (back ? 0 : LEROBOT_EPSILON) : EPSILON;
    return { low, range: high.map((std) => std + epsilon), shift: 0, moves: high.map((std) => std !== 0) };
  }
  const range = high.map((q99, index) => q99 - (low[index] ?? 0));
  const guarded = range.map((width) => (lerobot ? width || LEROBOT_EPSILON : width + EPSILON));
  return { low, range: guarded, shift: 1, moves: range.map((width) => width !== 0) };
}

/** The sum; 0 of nothing. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Mean of what is there; `null` of nothing. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : sumOf(present) / present.length;
}

/** The median; 0 of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959964;

/** Wilson's 95 % interval of a share; `[0, 1]` of no trial. */
export function wilsonInterval(successes: number, trials: number): readonly [number, number] {
  if (trials === 0) return [0, 1];
  const share = successes / trials;
  const middle = share + Z ** 2 / (2 * trials);
  const spread = Z * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  const scale = 1 + Z ** 2 / trials;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}

/** What two methods made of the same episodes. */
export interface PairedComparison {
  readonly pairs: number;
  /** Episodes that only the first, or only the second, solved. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Success of the first less success of the second, with a 95 % interval. */
  readonly difference: number;
  readonly interval: readonly [number, number];
  /** McNemar's exact test, two-sided. */
  readonly p: number;
}

/** Compares paired outcomes. The interval is Wald's with Agresti and Min's half a pair added to each cell. */
export function comparePairs(pairs: readonly (readonly [boolean, boolean])[]): PairedComparison {
  const onlyFirst = pairs.filter(([first, second]) => first && !second).length;
  const onlySecond = pairs.filter(([first, second]) => second && !first).length;
  const [n, b, c] = [pairs.length + 2, onlyFirst + 0.5, onlySecond + 0.5];
  const middle = (b - c) / n;
  const spread = (Z * Math.sqrt(b + c - (b - c) ** 2 / n)) / n;
  return {
    pairs: pairs.length,
    onlyFirst,
    onlySecond,
    difference: pairs.length === 0 ? 0 : (onlyFirst - onlySecond) / pairs.length,
    interval: [Math.max(-1, middle - spread), Math.min(1, middle + spread)],
    p: mcnemar(onlyFirst, onlySecond),
  };
}

function mcnemar(first: number, second: number): number {
  const trials = first + second;
  let tail = 0;
  let logChoose = 0;
  for (let hits = 0; hits <= Math.min(first, second); hits += 1) {
    if (hits > 0) logChoose += Math.log((trials - hits + 1) / hits);
    tail += Math.exp(logChoose - trials * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}

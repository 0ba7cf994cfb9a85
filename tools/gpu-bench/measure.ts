/** A measured quantity in milliseconds: the median, and the values that 10 % and 90 % of the runs stay below. */
export interface Spread {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly runs: number;
}

/** One thing that is timed; gives its own parts in milliseconds, by name. */
export interface Cell {
  readonly name: string;
  run(): Promise<Readonly<Record<string, number>>>;
}

/** Runs cells in turn, so that what changes in the machine meets all of them; the first rounds do not count. */
export async function interleave(
  cells: readonly Cell[],
  { warmup, runs }: { readonly warmup: number; readonly runs: number },
): Promise<Record<string, Record<string, Spread>>> {
  const times = new Map(cells.map(({ name }) => [name, new Map<string, number[]>()]));
  for (let round = -warmup; round < runs; round += 1) {
    for (const cell of cells) {
      const { name } = cell;
      const parts = await cell.run();
      if (round < 0) continue;
      for (const [part, time] of Object.entries(parts)) {
        const all = times.get(name)?.get(part) ?? [];
        times.get(name)?.set(part, [...all, time]);
      }
    }
  }
  return Object.fromEntries(
    [...times].map(([name, parts]) => [
      name,
      Object.fromEntries([...parts].map(([part, all]) => [part, spreadOf(all)])),
    ]),
  );
}

/** Median and spread. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const value = sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
    return Math.round(value * 100) / 100;
  };
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), runs: sorted.length };
}

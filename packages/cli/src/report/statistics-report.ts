import type { VlaBlock } from "@vla-pruner/core";
import { isObject } from "@vla-pruner/format";

/** One vector that there are statistics of. */
interface PartReport {
  /** Its numbers. */
  readonly size: number;
  /** Which lists there are: `q01`, `mean` … */
  readonly lists: readonly string[];
  /** Numbers that pass as they are, by the mask; `null` where there is none. */
  readonly unscaled: readonly number[] | null;
}

/** Which statistics a model has, how they are used and where they were found. */
export interface StatisticsReport {
  /** `null`, as the two below, in model directories of earlier versions. */
  readonly from: string | null;
  readonly action: string | null;
  /** `null` where the model takes no state, too. */
  readonly state: string | null;
  /** By training set and vector. */
  readonly sets: Readonly<Record<string, Readonly<Record<string, PartReport>>>>;
}

export function reportStatistics({ statistics, norm_stats: normStats }: VlaBlock): StatisticsReport {
  const { from = null, action = null, state = null } = statistics ?? {};
  const sets = Object.entries(normStats).map(([name, parts]) => {
    const vectors = Object.entries(parts).flatMap(([part, lists]) =>
      isObject(lists) ? [[part, reportPart(lists)] as const] : [],
    );
    return [name, Object.fromEntries(vectors)] as const;
  });
  return { from, action, state, sets: Object.fromEntries(sets) };
}

function reportPart({ mask, ...lists }: Readonly<Record<string, unknown>>): PartReport {
  const known = Object.entries(lists).filter(([, list]) => Array.isArray(list));
  const [[, first] = ["", []]] = known;
  const unscaled = Array.isArray(mask)
    ? mask.flatMap((scaled: unknown, index) => (scaled === true ? [] : [index]))
    : null;
  return { size: (first as readonly unknown[]).length, lists: known.map(([name]) => name), unscaled };
}

/** The same as lines of text. */
export function describeStatistics({ from, action, state, sets }: StatisticsReport): string[] {
  const head =
    from === null
      ? "statistics: converted by an earlier version, which did not note where they are from"
      : `statistics from ${from}: actions ${action}; ${state === null ? "no state" : `state ${state}`}`;
  return [
    head,
    ...Object.entries(sets).map(([name, parts]) => {
      const described = Object.entries(parts).map(([part, { size, lists, unscaled }]) => {
        const skipped =
          unscaled === null || unscaled.length === 0 ? "" : `, not scaled: ${unscaled.join(", ")}`;
        return `${part} of ${size} (${lists.join(", ")})${skipped}`;
      });
      return `  ${name}: ${described.join("; ")}`;
    }),
  ];
}

import type { NormStats } from "@vla-pruner/core";
import { NORM_KEYS } from "../norm-keys.ts";
import type { Convention, NormMode, Pi0Vla } from "../pi0-vla.ts";
import { wrong } from "./norm-stats.ts";
import type { FoundStatistics } from "./norm-stats.ts";

/** What the statistics are checked against. */
export interface StatisticsUse {
  readonly normalization: Pi0Vla["normalization"];
  readonly convention: Convention;
  /** Numbers that the model has, at most. */
  readonly sizes: { readonly state: number; readonly action: number };
}

/** Statistics that can be used, with the formulas that can be used with them. */
export interface CheckedStatistics {
  readonly normStats: Readonly<Record<string, NormStats>>;
  readonly normalization: Pi0Vla["normalization"];
  readonly warnings: readonly string[];
}

/**
 * Looks through the statistics that a model will use. What lerobot passes over in silence is warned of: a vector
 * without statistics passes as it is there.
 *
 * @throws `config-invalid`
 */
export function checkStatistics(
  { normStats, from }: FoundStatistics,
  { normalization, convention, sizes }: StatisticsUse,
): CheckedStatistics {
  const parts = (["state", "action"] as const).filter((part) => normalization[part] !== "identity");
  if (Object.keys(normStats).length === 0) {
    const none = `there are no statistics: ${parts.join(" and ")} pass as they are, in the model's own units; put norm_stats.json (openpi) or the processor files (lerobot) beside the weights, or say IDENTITY in normalization_mapping`;
    return { normStats, normalization, warnings: parts.length > 0 ? [none] : [] };
  }
  const warnings: string[] = [];
  const modes = { ...normalization };
  for (const [name, statistics] of Object.entries(normStats)) {
    for (const part of parts) {
      const where = `${from}: ${Object.keys(normStats).length > 1 ? `${name}.` : ""}${part}`;
      const lists = (statistics[part] ?? {}) as Readonly<Record<string, readonly number[]>>;
      if (Object.keys(lists).length === 0 && convention === "lerobot") {
        modes[part] = "identity";
        warnings.push(`${where} has no statistics, so it passes as it is, as in lerobot`);
        continue;
      }
      warnings.push(...oddities(lists, normalization[part], sizes[part], where));
    }
  }
  return { normStats, normalization: modes, warnings };
}

/** @throws `config-invalid` */
function oddities(
  lists: Readonly<Record<string, readonly number[]>>,
  mode: NormMode,
  size: number,
  where: string,
): string[] {
  const keys = NORM_KEYS[mode];
  if (keys === null) return [];
  const [low, high] = keys.map((key) => lists[key]);
  if (low === undefined || high === undefined)
    throw wrong(`${where} with ${keys.join(" and ")}`, Object.keys(lists).join(", ") || "no statistics");
  if (low.length > size)
    throw wrong(`${where} with ${size} numbers at most, as the model has`, String(low.length));
  const spread = mode === "z-score" ? high : high.map((value, index) => value - (low[index] ?? 0));
  const negative = spread.findIndex((value) => value < 0);
  if (negative >= 0) {
    throw wrong(
      mode === "z-score" ? `${where} with std of 0 or more` : `${where} with ${keys[0]} below ${keys[1]}`,
      `${keys[0]}[${negative}] = ${low[negative]}, ${keys[1]}[${negative}] = ${high[negative]}`,
    );
  }
  const constant = spread.flatMap((value, index) => (value === 0 ? [index] : []));
  if (constant.length === 0) return [];
  const how = mode === "z-score" ? "std 0" : `${keys[0]} = ${keys[1]}`;
  return [
    `${where} has constant dimensions (${how}): ${constant.join(", ")}; a robot that moves there is seen far out of range, as in the official code`,
  ];
}

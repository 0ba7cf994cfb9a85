import { VlaPrunerError } from "../errors/vla-pruner-error.ts";
import type { NormStats } from "./vla-block.ts";

/**
 * The statistics of one training set, and its name.
 *
 * @param key name of the training set; may be left out where there is only one
 * @throws `unnorm-key`
 */
export function statisticsNamed(
  normStats: Readonly<Record<string, NormStats>>,
  key: string | undefined,
): { readonly name: string; readonly statistics: NormStats } {
  const names = Object.keys(normStats);
  const name = key ?? (names.length === 1 ? names[0] : undefined);
  const statistics = name !== undefined && Object.hasOwn(normStats, name) ? normStats[name] : undefined;
  if (name !== undefined && statistics != null) return { name, statistics };
  throw new VlaPrunerError("unnorm-key", {
    expected: `an unnorm key among: ${names.join(", ") || "none (the model has no norm_stats)"}`,
    found: key ?? (names.length === 0 ? "no statistics" : "none given, and there are several"),
    fix:
      names.length === 0
        ? "convert a checkpoint with norm_stats or dataset_statistics.json"
        : "pass --unnorm-key, or the plugin's option unnormKey",
  });
}

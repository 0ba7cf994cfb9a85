import type { NormStats } from "@vla-pruner/core";
import { isObject } from "@vla-pruner/format";
import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { CheckpointFiles, RecipeRequest } from "@vla-pruner/onnx/convert";

/** Files of an OpenVLA checkpoint that its recipes read: a fine-tune's statistics, and the pictures' format. */
export const PRISMATIC_FILES: CheckpointFiles = {
  copied: ["dataset_statistics.json"],
  json: ["dataset_statistics.json", "preprocessor_config.json"],
};

/**
 * Statistics by training set. A fine-tune's own stand beside its weights and replace those of the base
 * model (`dataset_statistics.json`, then `norm_stats` of `config.json`).
 *
 * @throws `config-invalid`
 */
export function readNormStats({
  files,
  config,
}: Pick<RecipeRequest, "files" | "config">): Readonly<Record<string, NormStats>> {
  const stats: unknown = files["dataset_statistics.json"] ?? config["norm_stats"] ?? {};
  if (!isObject(stats)) throw invalidConfig("norm_stats: an object of training sets", JSON.stringify(stats));
  const broken = Object.entries(stats).find(([, entry]) => !isObject(entry) || !isObject(entry["action"]));
  if (broken !== undefined)
    throw invalidConfig(`norm_stats.${broken[0]}.action: an object`, JSON.stringify(broken[1]).slice(0, 80));
  return stats as Readonly<Record<string, NormStats>>;
}

/** The file that `readNormStats` takes them from. */
export function statisticsFile(files: RecipeRequest["files"]): string {
  return files["dataset_statistics.json"] === undefined ? "config.json" : "dataset_statistics.json";
}

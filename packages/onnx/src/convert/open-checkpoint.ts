import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { SafetensorsCheckpoint } from "../safetensors/checkpoint.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { componentFiles, openComponents } from "./component-files.ts";
import { findAssetStatistics, readVectors, statisticsTensorFiles } from "./find-statistics.ts";
import type { CheckpointConfig } from "./model-recipe.ts";

/** A checkpoint directory, opened: its config, its other small JSON files, its weights. */
export interface OpenCheckpoint {
  readonly config: CheckpointConfig;
  /** By path within the checkpoint; safetensors of statistics as `{ tensor name: numbers }`. */
  readonly files: Readonly<Record<string, unknown>>;
  /** Of the base model and, with `<component>.` in front of their names, of the component files. */
  readonly weights: TensorSource;
  /** Names of the component files that are there: `action_head`, `proprio_projector` … */
  readonly components: readonly string[];
}

/** JSON files that recipes read: statistics and preprocessing. */
const READ_ALONG: readonly string[] = [
  "dataset_statistics.json",
  "norm_stats.json",
  "preprocessor_config.json",
];

/**
 * Opens a Hugging Face checkpoint directory.
 *
 * @throws `checkpoint-missing`, `checkpoint-invalid`, `checkpoint-truncated`, `config-invalid`
 */
export async function openCheckpoint(folder: string): Promise<OpenCheckpoint> {
  const present = await readdir(folder).catch((cause: unknown) => {
    throw new VlaPrunerError("checkpoint-missing", {
      expected: `a checkpoint directory at ${folder}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "pass the folder with config.json and the safetensors files",
      cause,
    });
  });
  if (!present.includes("config.json")) {
    throw new VlaPrunerError("checkpoint-missing", {
      expected: `config.json in ${folder}`,
      found: "none",
      fix: "download it from the model's repository",
    });
  }
  const config = await readJson(join(folder, "config.json"));
  const names = READ_ALONG.filter((name) => present.includes(name));
  const jsonFiles = [...names, ...(await findAssetStatistics(folder))];
  const files: Record<string, unknown> = {};
  for (const name of jsonFiles) files[name] = await readJson(join(folder, name));
  for (const name of statisticsTensorFiles(present)) files[name] = await readVectors(join(folder, name));
  const components = componentFiles(folder, present);
  const weights = await openComponents(await SafetensorsCheckpoint.open(folder), folder, components);
  return { config, files, weights, components: [...components.keys()] };
}

/**
 * Reads a JSON object.
 *
 * @throws `config-invalid`
 */
export async function readJson(path: string): Promise<CheckpointConfig> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as CheckpointConfig;
    throw new Error("it holds something else");
  } catch (cause) {
    throw new VlaPrunerError("config-invalid", {
      expected: `a JSON object in ${path}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "correct the file, or download it again",
      cause,
    });
  }
}

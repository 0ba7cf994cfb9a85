import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { SafetensorsFile } from "../safetensors/safetensors-file.ts";
import { sizeOf } from "../weights/tensor-source.ts";

/** What a file of normalisation statistics is called: below `assets/` (openpi), beside the weights (lerobot). */
const BELOW_ASSETS = "norm_stats.json";
const BESIDE_WEIGHTS = /^policy_preprocessor.*normalizer.*\.safetensors$/u;

/** Paths of `norm_stats.json` below `assets/`, relative to the checkpoint, with forward slashes. */
export async function findAssetStatistics(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, "assets"), { recursive: true }).catch(() => []);
  const paths = entries.map((entry) => entry.split(sep).join("/"));
  return paths
    .filter((path) => path.endsWith(`/${BELOW_ASSETS}`))
    .toSorted()
    .map((path) => `assets/${path}`);
}

/** Names of the files in which lerobot keeps statistics as tensors. */
export function statisticsTensorFiles(present: readonly string[]): string[] {
  return present.filter((name) => BESIDE_WEIGHTS.test(name)).toSorted();
}

/**
 * All vectors of a small safetensors file, by tensor name: `{ "action.mean": [0.1, …] }`.
 *
 * @throws `checkpoint-invalid`, `checkpoint-truncated`
 */
export async function readVectors(path: string): Promise<Readonly<Record<string, readonly number[]>>> {
  const file = await SafetensorsFile.open(path);
  try {
    const vectors: Record<string, readonly number[]> = {};
    for (const name of file.names)
      vectors[name] = [...(await file.read(name, 0, sizeOf(file.info(name)?.dims ?? [])))];
    return vectors;
  } finally {
    await file.close();
  }
}

import { copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Files of a checkpoint that a model directory needs beside its graphs, where they exist. */
const COMPANIONS: ReadonlySet<string> = new Set([
  "added_tokens.json",
  "dataset_statistics.json",
  "generation_config.json",
  "norm_stats.json",
  "preprocessor_config.json",
  "processor_config.json",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
]);

/** Copies tokenizer, preprocessor and statistics files. */
export async function copyCompanions(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (COMPANIONS.has(name)) await copyFile(join(from, name), join(to, name));
  }
}

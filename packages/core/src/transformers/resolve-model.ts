import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { PretrainedOptions } from "./pretrained-options.ts";

/**
 * Tells a local directory from a Hub id. A directory becomes an absolute path, since transformers.js takes
 * "models/tiny" for a Hub id, and is then never looked up on the Hub.
 */
export async function resolveModel(
  modelIdOrPath: string,
  options: PretrainedOptions,
): Promise<PretrainedOptions & { model: string }> {
  const path = resolve(modelIdOrPath);
  const local = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  return local ? { ...options, model: path, local_files_only: true } : { ...options, model: modelIdOrPath };
}

import { HUB_ID, localDirectory, whyNotLocal } from "#local-models";
import { VlaPrunerError } from "@vla-pruner/format";
import type { PretrainedOptions } from "./pretrained-options.ts";

/** Where a model is read from. */
export interface ResolvedModel extends PretrainedOptions {
  /** An absolute path, or a Hub id. */
  readonly model: string;
}

/**
 * Tells a local directory from a Hub id. A directory becomes an absolute path, since transformers.js takes
 * "models/tiny" for a Hub id, and is then never looked up on the Hub. What looks like a path that was mistyped is not
 * looked up there, either.
 *
 * @throws `model-missing` for a path that is not there, or the root of a cache
 */
export async function resolveModel(
  modelIdOrPath: string,
  options: PretrainedOptions,
): Promise<ResolvedModel> {
  const directory = await localDirectory(modelIdOrPath);
  if (directory !== null) return { ...options, model: directory, local_files_only: true };
  const path = await whyNotLocal(modelIdOrPath);
  if (path === null && HUB_ID.test(modelIdOrPath)) return { ...options, model: modelIdOrPath };
  throw new VlaPrunerError("model-missing", {
    expected: "a model directory, or a Hub id like name/model",
    found: `no directory at ${modelIdOrPath}${path === null ? "" : `; ${path}`}`,
    fix: "check the path, or make the model with `vla-pruner convert`",
  });
}

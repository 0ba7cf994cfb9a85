import { localDirectory } from "#local-models";
import { VlaPrunerError } from "@vla-pruner/format";
import type { PretrainedOptions } from "./pretrained-options.ts";

const HUB_ID = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;

/**
 * Tells a local directory from a Hub id. A directory becomes an absolute path, since transformers.js takes
 * "models/tiny" for a Hub id, and is then never looked up on the Hub.
 *
 * @throws `model-missing` for a path that is not there
 */
export async function resolveModel(
  modelIdOrPath: string,
  options: PretrainedOptions,
): Promise<PretrainedOptions & { model: string }> {
  const directory = await localDirectory(modelIdOrPath);
  if (directory !== null) return { ...options, model: directory, local_files_only: true };
  if (HUB_ID.test(modelIdOrPath)) return { ...options, model: modelIdOrPath };
  throw new VlaPrunerError("model-missing", {
    expected: "a model directory, or a Hub id like name/model",
    found: `no directory at ${modelIdOrPath}`,
    fix: "check the path, or make the model with `vla-pruner convert`; in a browser name it, and set env.remoteHost of transformers.js",
  });
}

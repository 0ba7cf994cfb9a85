import { fileFacts } from "#local-models";
import { sessionFiles, VlaPrunerError } from "@vla-pruner/format";
import type { SessionEntry, VlaBlock } from "@vla-pruner/format";
import type { FileFacts } from "./local-models.ts";
import type { PretrainedOptions } from "./pretrained-options.ts";

/**
 * Refuses a model whose graph or data files are missing or cut short, before anything is loaded: the
 * loader would hang on a missing data file, and ONNX Runtime would read past the end of a short one.
 */
export async function checkSessionFiles(
  model: string,
  vla: VlaBlock,
  entry: SessionEntry,
  options: PretrainedOptions,
): Promise<void> {
  for (const { file, bytes } of sessionFiles(vla, entry)) {
    const { exists, size } = await factsOf(model, file, options);
    if (exists && (size === undefined || size === bytes)) continue;
    throw new VlaPrunerError(exists ? "model-invalid" : "model-missing", {
      expected: `${file} in ${model}, ${bytes} bytes`,
      found: exists ? `${size} bytes` : "no such file",
      fix: "copy or download the model directory again, or convert the checkpoint again",
    });
  }
}

/** Whether a model has a file, without loading it. */
export async function fileExists(model: string, file: string, options: PretrainedOptions): Promise<boolean> {
  return (await factsOf(model, file, options)).exists;
}

async function factsOf(model: string, file: string, options: PretrainedOptions): Promise<FileFacts> {
  try {
    return await fileFacts(model, file, options);
  } catch (cause) {
    throw new VlaPrunerError("model-missing", {
      expected: `${file} of ${model}, or a word that it is not there`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "check the connection and the host, then load again",
      cause,
    });
  }
}

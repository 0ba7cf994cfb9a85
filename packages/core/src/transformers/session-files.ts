import { VlaPrunerError } from "@vla-pruner/errors";
import { ModelRegistry } from "@huggingface/transformers";
import type { SessionEntry } from "../vla-model-parts.ts";
import type { PretrainedOptions } from "./pretrained-options.ts";

/** File name suffix of each dtype, as transformers.js has them. */
const SUFFIX: Readonly<Record<string, string>> = { fp32: "", fp16: "_fp16", q8: "_quantized", q4: "_q4" };

/**
 * Refuses a model whose graph or data files are missing or cut short, before anything is loaded: the
 * loader would hang on a missing data file, and ONNX Runtime would read past the end of a short one.
 */
export async function checkSessionFiles(
  model: string,
  dtype: string,
  entry: SessionEntry,
  options: PretrainedOptions,
): Promise<void> {
  const graph = `onnx/${entry.file}${SUFFIX[dtype] ?? `_${dtype}`}.onnx`;
  const data = entry.bytes.data.map((bytes, index) => ({
    file: `${graph}_data${index === 0 ? "" : `_${index}`}`,
    bytes,
  }));
  for (const { file, bytes } of [{ file: graph, bytes: entry.bytes.graph }, ...data]) {
    const { exists, size } = await ModelRegistry.get_file_metadata(model, file, { ...options });
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
  const { exists } = await ModelRegistry.get_file_metadata(model, file, { ...options });
  return exists;
}

import { access } from "node:fs/promises";
import { join } from "node:path";
import { checkVlaBlock, VlaPrunerError } from "@vla-pruner/format";
import type { VlaBlock } from "@vla-pruner/format";
import { readJson } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

/**
 * Reads the `vla` block of a model directory, without loading anything.
 *
 * @throws `model-missing`, `config-invalid`, `model-invalid`
 */
export async function readVlaJson(folder: string): Promise<VlaBlock> {
  return (await readModelConfig(folder)).vla;
}

/** A model directory's whole `config.json`, and the `vla` block in it. @throws as `readVlaJson` */
export async function readModelConfig(
  folder: string,
): Promise<{ readonly config: CheckpointConfig; readonly vla: VlaBlock }> {
  const path = join(folder, "config.json");
  await access(path).catch((cause: unknown) => {
    throw new VlaPrunerError("model-missing", {
      expected: `a model directory with config.json at ${folder}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "check the path, or make the model with `vla-pruner convert`",
      cause,
    });
  });
  const config = await readJson(path);
  return { config, vla: checkVlaBlock(config, folder) };
}

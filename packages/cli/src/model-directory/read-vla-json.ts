import { access } from "node:fs/promises";
import { join } from "node:path";
import { checkVlaBlock } from "@vla-pruner/core";
import type { VlaBlock } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/errors";
import { DTYPES, readJson } from "@vla-pruner/onnx/convert";

/**
 * Reads the `vla` block of a model directory, without loading anything.
 *
 * @throws `model-missing`, `config-invalid`, `model-invalid`
 */
export async function readVlaJson(folder: string): Promise<VlaBlock> {
  const path = join(folder, "config.json");
  await access(path).catch((cause: unknown) => {
    throw new VlaPrunerError("model-missing", {
      expected: `a model directory with config.json at ${folder}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "check the path, or make the model with `vla-pruner convert`",
      cause,
    });
  });
  const vla = checkVlaBlock(await readJson(path), folder);
  if (Object.hasOwn(DTYPES, vla.dtype)) return vla;
  throw new VlaPrunerError("model-invalid", {
    expected: `vla.dtype in ${path} among ${Object.keys(DTYPES).join(", ")}`,
    found: vla.dtype,
    fix: "convert the checkpoint again with this version of vla-pruner",
  });
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertFolder } from "@vla-pruner/onnx/convert";
import type { ModelRecipe } from "@vla-pruner/onnx/convert";
import { openvlaRecipe } from "@vla-pruner/plugin-openvla/convert";

const CHECKPOINTS = join(import.meta.dirname, "..", "..", "checkpoints");

/** Converts the small OpenVLA: see `convertShipped`. */
export function convertTinyOpenVla(): Promise<string> {
  return convertShipped("tiny-openvla", openvlaRecipe);
}

/**
 * Converts a checkpoint that ships with the repository and returns the model directory, which is gone when the
 * process ends.
 */
export async function convertShipped(
  name: string,
  recipe: ModelRecipe,
  options: { readonly views?: number } = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "vla-pruner-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const out = join(folder, name);
  await convertFolder({ recipe, folder: join(CHECKPOINTS, name), out, options });
  return out;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertFolder } from "@vla-pruner/onnx";
import { openvlaRecipe } from "@vla-pruner/plugin-openvla/convert";

/** The checkpoint that ships with the repository: random weights in the shape of an OpenVLA. */
const CHECKPOINT = join(import.meta.dirname, "..", "..", "checkpoints", "tiny-openvla");

/** Converts the shipped checkpoint and returns the model directory, which is gone when the process ends. */
export async function convertTinyOpenVla(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "vla-pruner-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const out = join(folder, "tiny-openvla");
  await convertFolder({ recipe: openvlaRecipe, folder: CHECKPOINT, out });
  return out;
}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { VlaPrunerError } from "@vla-pruner/format";

/** Where the binary is that comes along, unless `VLA_PRUNER_MUJOCO_WASM` names another. */
export function ownBinary(): string {
  const named = process.env["VLA_PRUNER_MUJOCO_WASM"];
  if (named !== undefined) return named;
  try {
    return createRequire(import.meta.url).resolve("@mujoco/mujoco/mujoco.wasm");
  } catch {
    // In a bundle there are no packages; the binary lies beside it.
    return fileURLToPath(new URL("mujoco.wasm", import.meta.url));
  }
}

/** @throws `model-missing` */
export async function readBinary(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new VlaPrunerError("model-missing", {
      expected: "the WebAssembly binary of MuJoCo",
      found: `no readable file at ${path}`,
      fix: "set VLA_PRUNER_MUJOCO_WASM to the path of mujoco.wasm, or pass wasm",
      cause,
    });
  }
}

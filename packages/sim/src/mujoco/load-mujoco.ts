import { ownBinary, readBinary } from "#mujoco-binary";
import load, { type MainModule } from "@mujoco/mujoco";
import { VlaPrunerError } from "@vla-pruner/format";

/** MuJoCo's module, with memory of its own. */
export type MujocoModule = MainModule;

/**
 * Loads MuJoCo's WASM.
 *
 * @param wasm the binary, or its path (in a browser its URL); default: the path in `VLA_PRUNER_MUJOCO_WASM`, else the
 * package's own file, or in a bundle the one beside it
 * @throws `model-missing` where the file cannot be read, `model-invalid` where it is no such binary
 */
export async function loadMujoco(wasm?: Uint8Array | string): Promise<MujocoModule> {
  const source = wasm ?? ownBinary();
  const binary = typeof source === "string" ? await readBinary(source) : source;
  try {
    return await load({ wasmBinary: binary, printErr: ignore });
  } catch (cause) {
    throw new VlaPrunerError("model-invalid", {
      expected: "the WebAssembly binary of MuJoCo",
      found: typeof source === "string" ? source : `${String(binary.length)} bytes that do not load`,
      fix: "pass mujoco.wasm of the package @mujoco/mujoco",
      cause,
    });
  }
}

function ignore(): void {
  // Errors are thrown as well; their text would only be printed twice.
}

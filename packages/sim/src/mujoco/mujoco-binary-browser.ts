import { VlaPrunerError } from "@vla-pruner/format";
import type { ownBinary as ownInNode, readBinary as readInNode } from "./mujoco-binary.ts";

/** As in Node's file of this name: the URL of the file beside the bundle. */
export const ownBinary: typeof ownInNode = () => new URL("mujoco.wasm", import.meta.url).href;

/** As in Node's file of this name, by URL. */
export const readBinary: typeof readInNode = async (url) => {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new VlaPrunerError("model-missing", {
      expected: "the WebAssembly binary of MuJoCo",
      found: `${cause instanceof Error ? cause.message : String(cause)} at ${url}`,
      fix: "serve mujoco.wasm of the package @mujoco/mujoco there, or pass wasm",
      cause,
    });
  }
};

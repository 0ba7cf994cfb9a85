import { env } from "@huggingface/transformers";
import { loadPolicy } from "@vla-pruner/core";
import type { Device, Policy } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { pi0 } from "@vla-pruner/plugin-pi0";

/** Runs ONNX Runtime on this WebAssembly, not on one from somewhere else. */
export function useRuntime(loader: string, binary: Uint8Array<ArrayBuffer>): void {
  const { wasm } = env.backends.onnx;
  if (wasm === undefined) return;
  wasm.wasmPaths = { mjs: loader };
  wasm.wasmBinary = binary;
  // It is kept by us already.
  env.useWasmCache = false;
}

export interface PolicyPlace {
  /** The page's own address; models are below `models`. */
  readonly site: string;
  readonly directory: string;
  readonly device: Device;
  readonly threads?: number;
  readonly onBytes: (file: string, loaded: number) => void;
}

/** Loads a policy that the page serves, through the cache and the progress of transformers.js. */
export function openPolicy({ site, directory, device, threads, onBytes }: PolicyPlace): Promise<Policy> {
  env.remoteHost = site;
  env.remotePathTemplate = "models/{model}/";
  return loadPolicy(directory, {
    plugins: [openvla(), openvlaOft(), pi0()],
    device,
    ...(threads !== undefined && { threads }),
    progress_callback: (progress) => {
      if (progress.status === "progress") onBytes(progress.file, progress.loaded);
    },
  });
}

/** Threads that sessions run on. */
export function threadsUsed(): number {
  return env.backends.onnx.wasm?.numThreads ?? 1;
}

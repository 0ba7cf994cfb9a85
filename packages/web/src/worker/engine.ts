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
export async function openPolicy(place: PolicyPlace): Promise<Policy> {
  const { site, directory, device, threads, onBytes } = place;
  env.remoteHost = site;
  env.remotePathTemplate = "models/{model}/";
  try {
    return await loadPolicy(directory, {
      plugins: [openvla(), openvlaOft(), pi0()],
      device,
      ...(threads !== undefined && { threads }),
      progress_callback: (progress) => {
        if (progress.status === "progress") onBytes(progress.file, progress.loaded);
      },
    });
  } catch (error) {
    await forget(new URL(`models/${directory}/`, site).href);
    throw error;
  }
}

/** What did not load is not kept: the cache is never asked again, and a damaged file would stay for good. */
async function forget(address: string): Promise<void> {
  if (!("caches" in globalThis)) return;
  const cache = await caches.open(env.cacheKey);
  const files = (await cache.keys()).filter(({ url }) => url.startsWith(address));
  await Promise.all(files.map((file) => cache.delete(file)));
}

/** Threads that sessions run on. */
export function threadsUsed(): number {
  return env.backends.onnx.wasm?.numThreads ?? 1;
}

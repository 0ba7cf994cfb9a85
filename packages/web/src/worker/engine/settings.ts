import { env } from "@huggingface/transformers";

/** Runs ONNX Runtime on this WebAssembly, not on one from somewhere else. */
export function useRuntime(loader: string, binary: Uint8Array<ArrayBuffer>): void {
  const { wasm } = env.backends.onnx;
  if (wasm === undefined) return;
  wasm.wasmPaths = { mjs: loader };
  wasm.wasmBinary = binary;
  // It is kept by us already.
  env.useWasmCache = false;
}

/** The first session decides for all. */
export function useThreads(threads: number | undefined): void {
  const { wasm } = env.backends.onnx;
  if (wasm !== undefined && threads !== undefined) wasm.numThreads = threads;
}

/** Threads that sessions run on. */
export function threadsUsed(): number {
  return env.backends.onnx.wasm?.numThreads ?? 1;
}

/** What did not load is not kept: the cache is never asked again, and a damaged file would stay for good. */
export async function forget(address: string): Promise<void> {
  if (!("caches" in globalThis)) return;
  const cache = await caches.open(env.cacheKey);
  const files = (await cache.keys()).filter(({ url }) => url.startsWith(address));
  await Promise.all(files.map((file) => cache.delete(file)));
}

import { env, ModelRegistry } from "@huggingface/transformers";
import type { Device } from "../runtime/devices.ts";
import type { FileFacts, fileFacts as factsInNode, useThreads as threadsInNode } from "./local-models.ts";

/** The Cache API, as far as it is used: types for browsers would hide what Node lacks from the rest of core. */
interface BrowserCaches {
  open(name: string): Promise<{ match(path: string): Promise<Response | undefined> }>;
}
const { caches: browserCaches } = globalThis as { caches?: BrowserCaches };

/** As in Node's file of this name; `cpu` is not there. */
export const DEFAULT_DEVICE: Device = "wasm";

/** A page's own host may serve models under a name alone, below `env.remoteHost` or `env.localModelPath`. */
export const HUB_ID: RegExp = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/** A browser has no directories. */
export async function localDirectory(): Promise<null> {
  return null;
}

/** A browser has no directories. */
export async function whyNotLocal(): Promise<null> {
  return null;
}

/**
 * As in Node's file of this name. Below `env.localModelPath` transformers.js would open the whole file to look at its
 * size: all is sent twice, and from six large files on no connection is left to load them.
 */
export const fileFacts: typeof factsInNode = async (model, file, options) => {
  if (env.allowLocalModels) {
    const facts = await factsAt([env.localModelPath.replace(/\/+$/u, ""), model, file].join("/"));
    if (facts.exists || options.local_files_only === true || !env.allowRemoteModels) return facts;
  }
  return ModelRegistry.get_file_metadata(model, file, { ...options });
};

async function factsAt(path: string): Promise<FileFacts> {
  const cached = await cachedAt(path);
  if (cached !== undefined) return { exists: true, ...sizeOf(cached) };
  const stop = new AbortController();
  const headers = { range: "bytes=0-0" };
  const response: Response = await env.fetch(path, { headers, cache: "no-store", signal: stop.signal });
  // A host that knows no ranges would send all of it.
  stop.abort();
  if (response.ok) return { exists: true, ...sizeOf(response) };
  if (response.status === 404 || response.status === 416) return { exists: false };
  throw new Error(`status ${response.status} at ${path}`);
}

async function cachedAt(path: string): Promise<Response | undefined> {
  if (!env.useBrowserCache || env.useCustomCache) return undefined;
  const cache = await browserCaches?.open(env.cacheKey).catch(() => undefined);
  return cache?.match(path);
}

function sizeOf({ headers }: Response): Pick<FileFacts, "size"> {
  const whole = /\/(\d+)$/u.exec(headers.get("content-range") ?? "")?.[1];
  // The length of what is compressed on its way says nothing about the file.
  const length = headers.has("content-encoding") ? undefined : headers.get("content-length");
  const size = Number(whole ?? length ?? Number.NaN);
  return Number.isSafeInteger(size) ? { size } : {};
}

/** One pool of threads serves all sessions; the first that is opened decides. One thread without cross-origin isolation. */
export const useThreads: typeof threadsInNode = (threads) => {
  const { wasm } = env.backends.onnx;
  if (wasm !== undefined && threads !== undefined) wasm.numThreads = threads;
};

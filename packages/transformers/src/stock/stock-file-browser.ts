import { env } from "@huggingface/transformers";
import { VlaPrunerError } from "@vla-pruner/format";
import type { FilePlace, StockFile } from "./stock-file-types.ts";

/** The browser's cache storage, which Node's types do not have. */
declare const caches: {
  open(name: string): Promise<{ match(key: string): Promise<Response | undefined> }>;
};

/**
 * As in Node's file of this name: out of the browser's cache, where transformers.js has put the file, else from its host.
 *
 * @throws `model-missing`
 */
export async function openStockFile(place: FilePlace): Promise<StockFile> {
  const name = place.file.slice(place.file.lastIndexOf("/") + 1);
  const folder = place.file.slice(0, -name.length);
  const bytes = await readBytes(place, place.file);
  return {
    name,
    bytes,
    async weights(files) {
      const externalData = await Promise.all(
        files.map(async (path) => ({
          path,
          data: path === name ? bytes : await readBytes(place, folder + path),
        })),
      );
      return { externalData };
    },
  };
}

async function readBytes({ model, revision }: FilePlace, file: string): Promise<Uint8Array> {
  const folder = env.remotePathTemplate
    .replaceAll("{model}", model)
    .replaceAll("{revision}", encodeURIComponent(revision));
  const keys = [joined(env.localModelPath, model, file), joined(env.remoteHost, folder, file)];
  const response = (await fromCache(keys)) ?? (await fromHost(env.allowLocalModels ? keys : keys.slice(1)));
  if (response === null) {
    throw new VlaPrunerError("model-missing", {
      expected: `${file} of the model that was loaded`,
      found: `nothing in the cache, nor at ${keys.join(", ")}`,
      fix: "pass the id that from_pretrained was given as `model`, and its revision",
    });
  }
  return new Uint8Array(await response.arrayBuffer());
}

async function fromCache(keys: readonly string[]): Promise<Response | null> {
  const own = env.useCustomCache ? env.customCache : null;
  const browser = env.useBrowserCache ? await caches.open(env.cacheKey).catch(() => null) : null;
  for (const cache of [own, browser]) {
    for (const key of cache === null ? [] : keys) {
      const entry: unknown = await Promise.resolve(cache?.match(key)).catch(() => undefined);
      if (entry instanceof Response) return entry;
    }
  }
  return null;
}

async function fromHost(urls: readonly string[]): Promise<Response | null> {
  for (const url of urls) {
    const response = (await env.fetch(url).catch(() => null)) as Response | null;
    if (response?.ok === true) return response;
  }
  return null;
}

/** Parts of an address with one slash between them. */
function joined(...parts: readonly string[]): string {
  return parts
    .map((part, index) => (index === 0 ? part.replace(/\/$/u, "") : part.replace(/^\/|\/$/gu, "")))
    .join("/");
}

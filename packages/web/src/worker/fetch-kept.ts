import { VlaPrunerError } from "@vla-pruner/core";
import type { SizedFile } from "../catalogue.ts";

const KEPT = "vla-pruner-binaries";

/** A binary, from the browser's cache after the first visit. Its name changes with its content. */
export async function fetchKept(
  { path, bytes }: SizedFile,
  onBytes: (loaded: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  // Pages that are not served securely have no cache, and some browsers refuse it.
  const cache = "caches" in globalThis ? await caches.open(KEPT).catch(() => null) : null;
  const kept = await cache?.match(path);
  if (kept !== undefined) {
    onBytes(bytes);
    return new Uint8Array(await kept.arrayBuffer());
  }
  const data = await download(path, bytes, onBytes);
  // Whoever has no room left downloads again next time.
  await cache?.put(path, new Response(data)).catch(() => undefined);
  return data;
}

async function download(
  path: string,
  bytes: number,
  onBytes: (loaded: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(path).catch((cause: unknown) => {
    throw missing(path, cause instanceof Error ? cause.message : String(cause), cause);
  });
  if (!response.ok || response.body === null) throw missing(path, `status ${response.status}`);
  const data = new Uint8Array(bytes);
  let loaded = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (loaded + part.value.length > bytes) throw missing(path, `more than ${bytes} bytes`);
    data.set(part.value, loaded);
    loaded += part.value.length;
    onBytes(loaded);
  }
  if (loaded !== bytes) throw missing(path, `${loaded} of ${bytes} bytes`);
  return data;
}

function missing(path: string, found: string, cause?: unknown): VlaPrunerError {
  return new VlaPrunerError("model-missing", {
    expected: `a file at ${path}`,
    found,
    fix: "check the connection, or build the page again",
    ...(cause !== undefined && { cause }),
  });
}

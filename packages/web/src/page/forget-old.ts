import type { Catalogue } from "../catalogue.ts";

/** Takes files of earlier versions of this page out of the browser's cache: their names never come again. */
export async function forgetOld({ policies, vlms, binaries }: Catalogue): Promise<void> {
  if (!("caches" in globalThis)) return;
  const mine = ["models/", "assets/"].map(addressOf);
  const alive = [
    ...[...policies, ...vlms].map(({ directory }) => addressOf(`models/${directory}/`)),
    ...[binaries.runtime, binaries.physics].map(({ path }) => addressOf(path)),
  ];
  for (const name of (await caches.keys()).filter((key) => !key.startsWith("vla-pruner-shell-"))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const is = (start: string): boolean => request.url.startsWith(start);
      if (mine.some(is) && !alive.some(is)) await cache.delete(request);
    }
  }
}

function addressOf(path: string): string {
  return new URL(path, document.baseURI).href;
}

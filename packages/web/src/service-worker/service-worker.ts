/**
 * Two jobs on hosts that serve files and nothing else: the headers without which a browser lends no threads, and the
 * page itself when there is no network. Weights and binaries have caches of their own.
 */
declare const SHELL: { readonly name: string; readonly files: readonly string[] };
declare const self: ServiceWorkerGlobalScope;

const PREFIX = "vla-pruner-shell-";

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(SHELL.name);
      await cache.addAll(SHELL.files.map((file) => new Request(file, { cache: "reload" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== SHELL.name);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // What a browser asks of its own cache only is refused to a worker.
  if (request.cache === "only-if-cached" && request.mode !== "same-origin") return;
  if (!request.url.startsWith(self.registration.scope)) return;
  event.respondWith(answer(request).then(isolated));
});

/** The page from the network where there is one, since its name stays; all else by names that change with the content. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(SHELL.name);
  const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
  if (kept === undefined || request.method !== "GET") return fetch(request);
  if (request.mode !== "navigate") return kept;
  return fetch(request).catch(() => kept);
}

function isolated(response: Response): Response {
  if (response.status === 0 || response.type === "opaque" || response.type === "opaqueredirect")
    return response;
  const headers = new Headers(response.headers);
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-embedder-policy", "require-corp");
  headers.set("cross-origin-resource-policy", "same-origin");
  const body = [101, 204, 205, 304].includes(response.status) ? null : response.body;
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}

const TRIED = "vla-pruner-isolating";

/**
 * Lets the service worker add the headers without which a browser lends no threads, with one reload on the first visit.
 * Whatever stands in the way, the page goes on with one thread.
 */
export async function isolate(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("service-worker.js");
    if (crossOriginIsolated || sessionStorage.getItem(TRIED) !== null) return;
    await controlled();
    sessionStorage.setItem(TRIED, "1");
    location.reload();
    await new Promise(() => undefined); // Nothing more is begun here.
  } catch (error) {
    console.info("no service worker: one thread, and no page without a network", error);
  }
}

function controlled(): Promise<void> {
  return new Promise((resolve, reject) => {
    if (navigator.serviceWorker.controller !== null) resolve();
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve());
    setTimeout(() => reject(new Error("it took too long")), 8000);
  });
}

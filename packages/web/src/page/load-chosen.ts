import type { Catalogue, PolicyEntry } from "../catalogue.ts";
import type { Download } from "./download.ts";
import { byId } from "./elements.ts";
import type { PolicyWorker } from "./policy-worker.ts";

/** Loads a policy under a progress bar, and says what it runs on. */
export async function loadChosen(
  worker: PolicyWorker,
  catalogue: Catalogue,
  policy: PolicyEntry,
  download: Download,
): Promise<void> {
  download.begin(catalogue, policy);
  try {
    const { threads, seconds } = await worker.load(policy, (file, loaded) => download.update(file, loaded));
    const device =
      worker.device === "webgpu" ? "WebGPU" : `WebAssembly, ${threads} thread${threads === 1 ? "" : "s"}`;
    byId("engine").textContent = device;
    byId("engine").title = `${policy.name}, ${policy.dtype}, ready in ${seconds.toFixed(1)} s`;
  } finally {
    download.end();
  }
}

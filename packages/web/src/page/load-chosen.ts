import type { Catalogue, ModelEntry } from "../catalogue.ts";
import type { Download } from "./download.ts";
import { byId } from "./elements.ts";
import type { ModelWorker } from "./model-worker.ts";

/** Loads a model under a progress bar, and says what it runs on. */
export async function loadChosen(
  worker: ModelWorker,
  catalogue: Catalogue,
  model: ModelEntry,
  download: Download,
): Promise<void> {
  download.begin(catalogue, model);
  try {
    const { threads, seconds } = await worker.load(model, (file, loaded) => download.update(file, loaded));
    const device =
      worker.device === "webgpu" ? "WebGPU" : `WebAssembly, ${threads} thread${threads === 1 ? "" : "s"}`;
    byId("engine").textContent = device;
    byId("engine").title = `${model.name}, ready in ${seconds.toFixed(1)} s`;
  } finally {
    download.end();
  }
}

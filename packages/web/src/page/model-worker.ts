import type { Catalogue, ModelEntry } from "../catalogue.ts";
import type { Command, Report } from "../messages.ts";

declare const WORKER: string;

/** What a page asks of its address, for measuring: `?device=webgpu&threads=1`. */
const asked = new URLSearchParams(location.search);

export type Ready = Extract<Report, { type: "ready" }>;
type Listener = (report: Report) => void;

/**
 * One model in a worker. Another one, or one after a failure, gets another worker: ONNX Runtime refuses everything
 * after a model that did not load, and its memory never shrinks.
 */
export class ModelWorker {
  readonly #catalogue: Catalogue;
  #worker: Worker | undefined;
  #loaded: { readonly key: string; readonly ready: Promise<Ready> } | undefined;
  readonly #listeners: Listener[] = [];

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** The device that is asked for. */
  get device(): "wasm" | "webgpu" {
    return asked.get("device") === "webgpu" ? "webgpu" : "wasm";
  }

  /** Loads a model unless it is the one that is loaded. */
  load(model: ModelEntry, onProgress: (file: string, loaded: number) => void): Promise<Ready> {
    const key = JSON.stringify([model.directory, model.dtype]);
    if (this.#loaded?.key === key) return this.#loaded.ready;
    this.end();
    const worker = new Worker(WORKER, { type: "module" });
    const ready = new Promise<Ready>((resolve, reject) => {
      worker.addEventListener("error", ({ message }) =>
        reject(new Error(message || "the worker did not start")),
      );
      worker.addEventListener("message", ({ data }: MessageEvent<Report>) => {
        if (data.type === "progress") onProgress(data.file, data.loaded);
        else if (data.type === "ready") resolve(data);
        else if (data.type === "failed" && data.during === "load") reject(new Error(data.message));
        else this.#hear(data);
      });
    });
    this.#worker = worker;
    this.#loaded = { key, ready };
    ready.catch(() => this.#loaded?.ready === ready && this.end());
    const { binaries } = this.#catalogue;
    this.tell({ type: "load", model, binaries, device: this.device, threads: threadsWanted() });
    return ready;
  }

  /** Hears what the worker reports, of whatever policy. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  tell(command: Command): void {
    this.#worker?.postMessage(command);
  }

  /** Ends the worker, and with it the episode that it plays. */
  end(): void {
    if (this.#worker === undefined) return;
    this.#worker.terminate();
    this.#worker = undefined;
    this.#loaded = undefined;
    this.#hear({ type: "end", outcome: null });
  }

  #hear(report: Report): void {
    for (const listener of this.#listeners) listener(report);
  }
}

function threadsWanted(): number {
  const named = Number(asked.get("threads"));
  if (Number.isInteger(named) && named >= 1) return named;
  return crossOriginIsolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency)) : 1;
}

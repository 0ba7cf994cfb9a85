import { AutoModelForImageTextToText, AutoProcessor, env } from "@huggingface/transformers";
import type { PreTrainedModel, Processor } from "@huggingface/transformers";
import { keepAll, VlaPrunerError } from "@vla-pruner/core";
import { withPruning } from "@vla-pruner/transformers";
import type { Pruned } from "@vla-pruner/transformers";
import type { VlmEntry } from "../../catalogue.ts";
import { forget, useThreads } from "./settings.ts";

/** A stock model that prunes, with what makes tokens of a question and a picture. */
export interface Vlm {
  readonly model: Pruned<PreTrainedModel>;
  readonly processor: Processor;
}

/** Layers below it see every patch. */
const PRUNE_LAYER = 2;

export interface VlmPlace {
  readonly entry: VlmEntry;
  /** The page's own address; models that it serves are below `models`. */
  readonly site: string;
  readonly device: "wasm" | "webgpu";
  readonly threads: number | undefined;
  readonly onBytes: (file: string, loaded: number) => void;
}

/** Loads a stock model as anyone does, from the page's host or from the Hub, and lets it prune. */
export async function openVlm({ entry, site, device, threads, onBytes }: VlmPlace): Promise<Vlm> {
  const { directory, host, dtype } = entry;
  if (host === "page") {
    env.remoteHost = site;
    env.remotePathTemplate = "models/{model}/";
  }
  useThreads(threads);
  try {
    const processor = await AutoProcessor.from_pretrained(directory);
    const stock = await AutoModelForImageTextToText.from_pretrained(directory, {
      dtype: dtype as "q4" | Record<string, "q4">,
      device,
      progress_callback: (progress) => {
        if (progress.status === "progress") onBytes(progress.file, progress.loaded);
      },
    });
    const model = await withPruning(stock, { model: directory, layer: PRUNE_LAYER, pruner: keepAll() });
    return { model, processor };
  } catch (error) {
    // A model that cannot be pruned is whole: it may be asked for again.
    if (!VlaPrunerError.is(error))
      await forget(host === "page" ? `${site}models/${directory}/` : `${env.remoteHost}${directory}/`);
    throw error;
  }
}

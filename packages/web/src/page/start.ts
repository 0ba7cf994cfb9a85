/** The page: two tabs over one worker. */
import type { Catalogue } from "../catalogue.ts";
import { tell } from "./elements.ts";
import { EpisodePanel } from "./episode-panel.ts";
import { forgetOld } from "./forget-old.ts";
import { isolate } from "./isolate.ts";
import { PicturePanel } from "./picture-panel.ts";
import { ModelWorker } from "./model-worker.ts";
import { wireTabs } from "./tabs.ts";

declare const CATALOGUE: Catalogue;

async function start(): Promise<void> {
  wireTabs();
  await isolate();
  const worker = new ModelWorker(CATALOGUE);
  const panels = [new EpisodePanel(CATALOGUE, worker), new PicturePanel(CATALOGUE, worker)];
  forgetOld(CATALOGUE).catch((error: unknown) => console.info("the cache cannot be tidied", error));
  document.body.dataset["ready"] = String(panels.length);
}

start().catch((error: unknown) => tell("failure", error instanceof Error ? error.message : String(error)));

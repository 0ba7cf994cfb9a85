import { Command } from "commander";
import { VlaModel } from "@vla-pruner/core";
import { serveEpisodes } from "@vla-pruner/eval";
import type { LoadedModel, SweepSettings } from "@vla-pruner/eval";
import { createSimulator } from "@vla-pruner/sim";
import { isServed, openServed } from "../evaluation/served-policy.ts";
import { openPolicy } from "../model-directory/open-policy.ts";
import { pluginOption } from "../options/plugin-option.ts";

/** A worker process of `vla-pruner eval`, not for people: plays the episodes that its parent sends. */
export function evalWorkerCommand(): Command {
  return new Command("eval-worker").addOption(pluginOption()).action(({ plugin }: WorkerOptions) =>
    serveEpisodes({
      createSimulator,
      loadModel: (folder, settings) => loadModel(folder, settings, plugin),
    }),
  );
}

interface WorkerOptions {
  readonly plugin?: readonly string[];
}

/** A model directory on one thread, as there are as many workers as cores; or a policy on a server. */
async function loadModel(
  folder: string,
  { device = "cpu", dtype, unnormKey, centerCrop, draft }: SweepSettings,
  plugin: WorkerOptions["plugin"],
): Promise<LoadedModel> {
  if (isServed(folder)) return { policyOf: () => openServed(folder), dispose: async () => undefined };
  const model = await VlaModel.from_pretrained(folder, { threads: 1, device, ...(dtype && { dtype }) });
  const options = {
    ...(plugin && { plugin }),
    ...(unnormKey !== undefined && { unnormKey }),
    ...(centerCrop && { centerCrop }),
    drafts: draft === "previous",
  };
  return {
    policyOf: ({ seed, ahead = false }) => openPolicy(model, { ...options, seed, ahead }),
    dispose: () => model.dispose(),
  };
}

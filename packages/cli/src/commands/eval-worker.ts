import { Command } from "commander";
import { createPolicy, keepAll, VlaModel } from "@vla-pruner/core";
import { serveEpisodes } from "@vla-pruner/eval";
import type { LoadedModel, SweepSettings } from "@vla-pruner/eval";
import { createSimulator } from "@vla-pruner/sim";
import { architectureNamed } from "../architectures.ts";

/** A worker process of `vla-pruner eval`, not for people: plays the episodes that its parent sends. */
export function evalWorkerCommand(): Command {
  return new Command("eval-worker").action(() => serveEpisodes({ loadModel, createSimulator }));
}

/** A model directory on one thread: there are as many workers as cores. */
async function loadModel(folder: string, { device = "cpu", unnormKey }: SweepSettings): Promise<LoadedModel> {
  const model = await VlaModel.from_pretrained(folder, { threads: 1, device });
  return {
    policyOf(seed) {
      const adapter = architectureNamed(model.vla.architecture)
        .plugin({ ...(unnormKey !== undefined && { unnormKey }), seed })
        .createAdapter(model);
      return createPolicy({ adapter, pruner: keepAll() });
    },
    dispose: () => model.dispose(),
  };
}

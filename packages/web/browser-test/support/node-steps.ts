import { join } from "node:path";
import { keepAll, loadPolicy, recommended } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import type { PackedObservation, PlainStep } from "../harness/messages.ts";
import { modelsOf } from "./models.ts";

/** One episode of the same model in Node, on its CPU. @param retention nothing is pruned where absent */
export async function stepsInNode(
  model: string,
  packed: readonly PackedObservation[],
  retention?: number,
): Promise<PlainStep[]> {
  const policy = await loadPolicy(join(await modelsOf(model), model), { plugins: [openvla(), openvlaOft()] });
  try {
    const { views, reads } = policy.adapter.layout;
    const episode = policy.startEpisode({
      pruner: retention === undefined ? keepAll() : recommended({ retention }),
    });
    const steps: PlainStep[] = [];
    for (const { images, instruction, state } of packed) {
      const named = views.flatMap(({ name }, index) => {
        const image = images[index];
        if (image === undefined) return [];
        const { width, height, base64 } = image;
        const data = Buffer.from(base64, "base64");
        return [[name, { width, height, channels: 3 as const, data }] as const];
      });
      const { decision, keep, actions } = await episode.act({
        images: Object.fromEntries(named),
        instruction,
        ...(reads?.state !== false && { state }),
      });
      steps.push({ decision, keep: [...keep], actions });
    }
    return steps;
  } finally {
    await policy.dispose();
  }
}

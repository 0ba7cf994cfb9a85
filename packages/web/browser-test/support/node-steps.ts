import { join } from "node:path";
import { keepAll, loadPolicy, recommended } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import type { PackedObservation, PlainStep } from "../harness/messages.ts";
import { modelsOf } from "./models.ts";

/** What the same model does in Node, on its CPU, an episode for each retention; `null` is dense. */
export async function stepsInNode(
  model: string,
  packed: readonly PackedObservation[],
  retentions: readonly (number | null)[],
): Promise<PlainStep[][]> {
  const policy = await loadPolicy(join(await modelsOf(model), model), { plugins: [openvla(), openvlaOft()] });
  try {
    const { views, reads } = policy.adapter.layout;
    const all: PlainStep[][] = [];
    for (const retention of retentions) {
      const episode = policy.startEpisode({
        pruner: retention === null ? keepAll() : recommended({ retention }),
      });
      const steps: PlainStep[] = [];
      for (const { images, instruction, state } of packed) {
        const named = views.flatMap(({ name }, index) => {
          const image = images[index];
          if (image === undefined) return [];
          const { width, height, base64 } = image;
          return [
            [name, { width, height, channels: 3 as const, data: Buffer.from(base64, "base64") }] as const,
          ];
        });
        const { decision, keep, actions } = await episode.act({
          images: Object.fromEntries(named),
          instruction,
          ...(reads?.state !== false && { state }),
        });
        steps.push({ decision, keep: [...keep], actions });
      }
      all.push(steps);
    }
    return all;
  } finally {
    await policy.dispose();
  }
}

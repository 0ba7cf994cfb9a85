import { join } from "node:path";
import { loadPolicy } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import type { PackedObservation, PlainStep } from "../harness/messages.ts";
import { play } from "../harness/play.ts";
import { modelsOf } from "./models.ts";

/** One episode of the same model in Node, on its CPU. @param retention nothing is pruned where absent */
export async function stepsInNode(
  model: string,
  packed: readonly PackedObservation[],
  retention?: number,
): Promise<PlainStep[]> {
  const policy = await loadPolicy(join(await modelsOf(model), model), { plugins: [openvla(), openvlaOft()] });
  try {
    return await play(policy, packed, retention);
  } finally {
    await policy.dispose();
  }
}

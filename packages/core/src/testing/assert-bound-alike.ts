import assert from "node:assert/strict";
import { join } from "node:path";
import { graphFile } from "@vla-pruner/format";
import { createPolicy } from "../container/create-policy.ts";
import type { Observation } from "../observation.ts";
import { vlaPruner } from "../pruners/vla-pruner.ts";
import type { GraphSession } from "../runtime/graph-session.ts";
import { wrapSession } from "../runtime/wrap-session.ts";
import { VlaModel } from "../transformers/vla-model.ts";
import type { VlaPlugin } from "../vla-plugin.ts";
import type { VlaModelParts } from "../vla-model-parts.ts";

/**
 * Fails unless a policy does the same with sessions as device `cuda-graphs` has them, though on the processor, in the host's
 * memory: bound to addresses that stay, run again as the graph of their shape, with what one session hands to another out of
 * the host's reach. Or where an adapter does not dispose of what it was handed. Takes package koffi.
 *
 * @param folder the model directory
 * @param observations more than three
 */
export async function assertBoundAlike(
  folder: string,
  plugin: VlaPlugin,
  observations: readonly Observation[],
): Promise<void> {
  assert.ok(observations.length > 3, "steps beyond those in which a graph is compared with its kernels");
  const model = await VlaModel.from_pretrained(folder);
  const { vla, config, tokenizer } = model;
  const { sessions, allocated } = await boundSessions(folder, model);
  const steps: unknown[] = [];
  for (const parts of [model, { vla, config, tokenizer, sessions }])
    steps.push(await outcomes(plugin, parts, observations));
  const [expected, found] = steps;
  assert.deepEqual(found, expected);
  for (const session of Object.values(sessions)) await session.release();
  await model.dispose();
  assert.equal(allocated(), 0, "buffers that were not given back");
}

async function outcomes(
  plugin: VlaPlugin,
  parts: VlaModelParts,
  observations: readonly Observation[],
): Promise<unknown[]> {
  const adapter = plugin.createAdapter(parts);
  const selectAhead = adapter.layout.aheadOnly === true;
  const pruner = vlaPruner({ retention: 0.5 });
  const policy = createPolicy({ adapter, pruner, selectAhead, drafts: false });
  const steps: unknown[] = [];
  for (const observation of observations) {
    const { timings: _timings, ...outcome } = await policy.act(observation);
    steps.push(outcome);
  }
  await policy.dispose();
  return steps;
}

async function boundSessions(
  folder: string,
  { vla }: VlaModelParts,
): Promise<{ readonly sessions: Readonly<Record<string, GraphSession>>; readonly allocated: () => number }> {
  // Only here: koffi is optional.
  const { HostMemory } = await import("../runtime/cuda-graphs/host-memory.ts");
  const { openCaptured } = await import("../runtime/cuda-graphs/open-captured-session.ts");
  const memory = new HostMemory();
  const opened = Object.entries(vla.sessions).map(([name, entry]) => {
    const graph = join(folder, graphFile(vla, entry));
    const raw = openCaptured({ graph, memory, captures: true }, entry.device_outputs ?? []);
    return [name, wrapSession(name, raw)] as const;
  });
  return { sessions: Object.fromEntries(opened), allocated: () => memory.allocated };
}

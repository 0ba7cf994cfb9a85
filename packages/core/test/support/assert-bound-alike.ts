import assert from "node:assert/strict";
import { join } from "node:path";
import { sessionFiles } from "@vla-pruner/format";
import { createPolicy, VlaModel, vlaPruner } from "../../src/index.ts";
import type { Observation, VlaModelParts, VlaPlugin } from "../../src/index.ts";
import { openCaptured } from "../../src/runtime/cuda-graphs/open-captured-session.ts";
import type { GraphSession } from "../../src/runtime/graph-session.ts";
import { wrapSession } from "../../src/runtime/wrap-session.ts";
import { HostMemory } from "../runtime/cuda-graphs/host-memory.ts";
import { outcome, play } from "./play.ts";

/**
 * Fails unless a policy does the same with sessions as `cuda-graphs` has them, though in the host's memory: bound to addresses
 * that stay, run again as the graph of their shape, with what one session hands to another out of the host's reach.
 */
export async function assertBoundAlike(
  folder: string,
  plugin: VlaPlugin,
  observations: readonly Observation[],
): Promise<void> {
  const model = await VlaModel.from_pretrained(folder);
  const memory = new HostMemory();
  const { vla, config, tokenizer } = model;
  const sessions = boundSessions(folder, model, memory);
  const steps = [];
  for (const parts of [model, { vla, config, tokenizer, sessions }]) {
    const adapter = plugin.createAdapter(parts);
    const selectAhead = adapter.layout.aheadOnly === true;
    const policy = createPolicy({
      adapter,
      pruner: vlaPruner({ retention: 0.5 }),
      selectAhead,
      drafts: false,
    });
    steps.push((await play(policy, observations)).map(outcome));
    await policy.dispose();
  }
  const [expected, found] = steps;
  assert.ok((expected?.length ?? 0) > 3, "steps beyond those that are compared with their kernels");
  assert.deepEqual(found, expected);
  await Promise.all(Object.values(sessions).map((session) => session.release()));
  await model.dispose();
  assert.equal(memory.allocated, 0, "buffers that were not given back");
}

function boundSessions(
  folder: string,
  { vla }: VlaModelParts,
  memory: HostMemory,
): Readonly<Record<string, GraphSession>> {
  const opened = Object.entries(vla.sessions).map(([name, entry]) => {
    const graph = join(folder, sessionFiles(vla, entry)[0]?.file ?? "");
    const raw = openCaptured({ graph, memory, captures: true }, entry.device_outputs ?? []);
    return [name, wrapSession(name, raw)] as const;
  });
  return Object.fromEntries(opened);
}

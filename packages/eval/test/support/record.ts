import type { EpisodeRecord } from "../../src/index.ts";

/** An episode as a sweep records it. */
export function record(change: Partial<EpisodeRecord> = {}): EpisodeRecord {
  const cost = { vision: 10, prefill: 100, decode: 5, head: 1 };
  return {
    policy: "fake",
    pruner: "vla-pruner",
    retention: 0.25,
    warmup: "semantic",
    suite: "spatial",
    task: "spatial/fake",
    seed: 1,
    instruction: "put the cube on the plate",
    success: true,
    steps: 40,
    goals: 1,
    calls: 10,
    denseCalls: 0,
    objectKept: 0.5,
    overlap: null,
    timings: { act: 10, select: 1 },
    cost: { ...cost, prefill: 40 },
    denseCost: cost,
    seconds: 1,
    ...change,
  };
}

import { spawnSync } from "node:child_process";
import { createPolicy, vlaPruner } from "../../packages/core/src/index.ts";
import type { VlaAdapter } from "../../packages/core/src/index.ts";
import { spreadOf } from "./measure.ts";

/** Memory after some steps, in MB. */
interface Sample {
  readonly steps: number;
  readonly rss: number;
  /** Of all that runs on the card, by `nvidia-smi`; `null` where there is none. */
  readonly device: number | null;
}

/** The first steps keep all tokens, and graphs are captured in them. */
const WARMUP = 20;

/** Many steps at 25 % kept, after some to warm up, and what the process and the card hold on the way: ten samples, the first after a tenth. */
export async function flatness(adapter: VlaAdapter, steps: number): Promise<Record<string, unknown>> {
  const selectAhead = adapter.layout.aheadOnly === true;
  const policy = createPolicy({ adapter, pruner: vlaPruner({ retention: 0.25 }), selectAhead });
  const observation = adapter.exampleObservation(0);
  const every = Math.max(1, Math.floor(steps / 10));
  const times: number[] = [];
  const samples: Sample[] = [];
  for (let step = 0; step < WARMUP; step += 1) await policy.act(observation);
  for (let step = 1; step <= steps; step += 1) {
    const start = performance.now();
    await policy.act(observation);
    times.push(performance.now() - start);
    if (step % every !== 0) continue;
    samples.push(sample(step));
    await policy.act(observation); // The card idled while it was asked for its memory.
  }
  const { median } = spreadOf(times);
  const sorted = times.toSorted((a, b) => a - b);
  return { samples, median, p99: sorted[Math.round(0.99 * (sorted.length - 1))] };
}

function sample(steps: number): Sample {
  const query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits"];
  const { stdout, status } = spawnSync("nvidia-smi", query, { encoding: "utf8" });
  return {
    steps,
    rss: Math.round(process.memoryUsage().rss / 2 ** 20),
    device: status === 0 ? Number.parseInt(stdout, 10) : null,
  };
}

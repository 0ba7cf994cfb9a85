/**
 * Measures a run per Euler step against one graph with all steps, on a synthetic expert (decision 0010):
 *
 *     node --import tsx --conditions=@vla-pruner/source bench/euler-loop.ts [WIDTH] [RUNS] [KEPT]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SyntheticSource } from "@vla-pruner/onnx/convert";
import { pi0Recipe } from "../src/convert.ts";
import { eulerRivals } from "../test/support/euler-rivals.ts";

const [width = 512, runs = 15, kept = 192] = process.argv.slice(2).map(Number);
const config = {
  model_type: "pi0",
  num_attention_heads: 8,
  num_key_value_heads: 1,
  head_dim: width / 4,
  vision_heads: 4,
  action_dim: 32,
  vocab_size: 64,
  prefix: { width: 64, layers: 18, intermediate: 64 },
  expert: { width, layers: 18, intermediate: 4 * width },
  vision_tower: { width: 16, layers: 1, intermediate: 16 },
};

const folder = await mkdtemp(join(tmpdir(), "pi0-euler-"));
try {
  const rivals = await eulerRivals({
    config,
    weights: new SyntheticSource(pi0Recipe.tensors(config)),
    horizon: 50,
    steps: 10,
    prefix: { vision: 768, kept, words: 16 },
    folder,
  });
  const taken = Object.entries(rivals).map(([name, rival]) => ({ name, rival, times: [] as number[] }));
  for (const { rival } of taken) await rival.run();
  for (let run = 0; run < runs; run += 1) {
    for (const { rival, times } of taken) {
      const before = performance.now();
      await rival.run();
      times.push(performance.now() - before);
    }
  }
  for (const { name, rival, times } of taken) {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
    console.log(`${name}: ${rival.nodes} nodes, opened in ${rival.openedIn.toFixed(0)} ms`);
    console.log(`  median ${at(0.5)} ms, least ${at(0)}, p10 ${at(0.1)}, p90 ${at(0.9)}`);
    await rival.release();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

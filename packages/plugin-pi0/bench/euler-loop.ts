/**
 * Measures a run per Euler step against one graph with all steps, on a synthetic expert:
 *
 *     node --import tsx --conditions=@vla-pruner/source bench/euler-loop.ts [WIDTH] [RUNS] [KEPT]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { float32Tensor, int64Tensor, openSession, readFloat32, seededRandom } from "@vla-pruner/core";
import type { GraphSession, GraphTensor } from "@vla-pruner/core";
import { SyntheticSource, writeGraph } from "@vla-pruner/onnx";
import type { PlannedGraph } from "@vla-pruner/onnx";
import { eulerSchedule, timeEmbedding } from "../src/euler-schedule.ts";
import { denoiseGraph } from "../src/recipe/denoise-graph.ts";
import { readSizes } from "../src/recipe/pi0-sizes.ts";
import { planCut } from "../src/recipe/recipe-options.ts";
import { syntheticTensors } from "../src/recipe/synthetic-tensors.ts";
import { unrolledGraph } from "./unrolled-graph.ts";

const [width = 512, runs = 15, keptVisual = 192] = process.argv.slice(2).map(Number);
const STEPS = 10;
const VISION = 768;
const WORDS = 16;
const config = {
  model_type: "pi0",
  num_attention_heads: 8,
  num_key_value_heads: 1,
  head_dim: width / 4,
  vision_heads: 4,
  action_dim: 32,
  action_horizon: 50,
  vocab_size: 64,
  prefix: { width: 64, layers: 18, intermediate: 64 },
  expert: { width, layers: 18, intermediate: 4 * width },
  vision_tower: { width: 16, layers: 1, intermediate: 16 },
};

const source = new SyntheticSource(syntheticTensors(config));
const sizes = readSizes(config, source, 50);
const cut = planCut(18, {});
const random = seededRandom(1);
const noise = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * random() - 1);
const fixed: Record<string, GraphTensor> = {
  state: float32Tensor(noise(32), [1, 32]),
  position_ids: int64Tensor(
    Int32Array.from({ length: 51 }, (_, row) => VISION + WORDS + row),
    [1, 51],
  ),
  vision_columns: int64Tensor([VISION, keptVisual]),
};
for (let layer = 0; layer < 18; layer += 1) {
  const rows = WORDS + (layer < cut.pruneLayer ? VISION : keptVisual);
  for (const part of ["key", "value"])
    fixed[`past_key_values.${layer}.${part}`] = float32Tensor(noise(rows * sizes.decoder.headSize), [
      1,
      1,
      rows,
      sizes.decoder.headSize,
    ]);
}
const start = noise(50 * 32);
const { delta, times } = eulerSchedule(STEPS);
const embeddings = times.map((time) => timeEmbedding(time, width));

const folder = await mkdtemp(join(tmpdir(), "pi0-euler-"));
const open = async (graph: PlannedGraph): Promise<GraphSession> => {
  await writeGraph(graph, source, folder, `${graph.name}.onnx`);
  const before = performance.now();
  const session = await openSession(join(folder, `${graph.name}.onnx`));
  console.log(
    `${graph.name}: ${graph.nodes.length} nodes, opened in ${(performance.now() - before).toFixed(0)} ms`,
  );
  return session;
};

async function bySteps(session: GraphSession): Promise<Float32Array> {
  const actions = start.slice();
  for (const time of embeddings) {
    const feeds = {
      ...fixed,
      noisy_actions: float32Tensor(actions, [1, 50, 32]),
      time_embedding: float32Tensor(time, [1, width]),
    };
    const velocity = readFloat32((await session.run(feeds))["velocity"], "velocity");
    for (let index = 0; index < actions.length; index += 1)
      actions[index] = (actions[index] ?? 0) + Math.fround(delta * (velocity[index] ?? 0));
  }
  return actions;
}

async function atOnce(session: GraphSession): Promise<Float32Array> {
  const all = new Float32Array(STEPS * width);
  for (const [step, time] of embeddings.entries()) all.set(time, step * width);
  const feeds = {
    ...fixed,
    noisy_actions: float32Tensor(start, [1, 50, 32]),
    time_embedding: float32Tensor(all, [STEPS, width]),
  };
  return readFloat32((await session.run(feeds))["actions"], "actions");
}

try {
  const stepSession = await open(denoiseGraph(sizes, cut, source, "float32"));
  const loopSession = await open(unrolledGraph(sizes, cut, STEPS, source, "float32"));
  const [a, b] = [await bySteps(stepSession), await atOnce(loopSession)];
  console.log(
    `largest difference of the actions: ${Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 0))))}`,
  );
  const taken: { steps: number[]; loop: number[] } = { steps: [], loop: [] };
  for (let run = 0; run < runs; run += 1) {
    const times0 = performance.now();
    await bySteps(stepSession);
    const times1 = performance.now();
    await atOnce(loopSession);
    taken.steps.push(times1 - times0);
    taken.loop.push(performance.now() - times1);
  }
  for (const [name, list] of Object.entries(taken)) {
    const sorted = list.toSorted((x, y) => x - y);
    const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
    console.log(`${name}: median ${at(0.5)} ms, least ${at(0)}, p10 ${at(0.1)}, p90 ${at(0.9)}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

import { join } from "node:path";
import { openSession } from "@vla-pruner/core";
import { float32Tensor, int64Tensor, readFloat32, seededRandom } from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor } from "@vla-pruner/core/adapter";
import { planCut } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, TensorSource } from "@vla-pruner/onnx/convert";
import { writeGraph } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { eulerSchedule, timeEmbedding } from "../../src/euler-schedule.ts";
import { FlowDecoder } from "../../src/flow-decoder.ts";
import { TimeConditions } from "../../src/time-conditions.ts";
import type { Pi0Vla } from "../../src/pi0-vla.ts";
import { denoiseGraph } from "../../src/recipe/denoise-graph.ts";
import { readSizes } from "../../src/recipe/pi0-sizes.ts";
import { unrolledGraph } from "./unrolled-graph.ts";

/** What the two ways are compared on: an expert, and the prefix that it reads. */
export interface RivalsOptions {
  readonly config: CheckpointConfig;
  readonly weights: TensorSource;
  readonly horizon: number;
  readonly steps: number;
  /** Visual tokens, how many of them are kept, and words. */
  readonly prefix: { readonly vision: number; readonly kept: number; readonly words: number };
  /** Where the graphs are written. */
  readonly folder: string;
}

/** One way from noise to actions. */
export interface Rival {
  readonly nodes: number;
  readonly openedIn: number;
  /** Actions `[horizon, action]`, and attention `[layers, kept]` of the tapped layers above the cut. */
  run(): Promise<{ actions: Float32Array; attention: Float32Array }>;
  release(): Promise<void>;
}

/** π0's Euler loop as it ships, and unrolled into one graph, on the same made-up prefix. */
export async function eulerRivals(options: RivalsOptions): Promise<{ steps: Rival; unrolled: Rival }> {
  const { config, weights, horizon, steps, prefix, folder } = options;
  const sizes = readSizes(config, weights, horizon);
  const cut = planCut(sizes.decoder.layers, {});
  const plan = { sizes, cut, checkpoint: weights, floatType: "float32" } as const;
  const { vision, kept, words } = prefix;
  const random = seededRandom(1);
  const draw = (...dims: readonly number[]): GraphTensor => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return float32Tensor(
      Float32Array.from({ length: size }, () => 2 * random() - 1),
      dims,
    );
  };
  const cache: Record<string, GraphTensor> = {};
  for (let layer = 0; layer < sizes.decoder.layers; layer += 1) {
    const rows = words + (layer < cut.pruneLayer ? vision : kept);
    const { keyValueHeads, headSize } = sizes.decoder;
    for (const part of ["key", "value"])
      cache[`present.${layer}.${part}`] = draw(1, keyValueHeads, rows, headSize);
  }
  const [state, noise] = [draw(1, sizes.stateSize), draw(1, horizon, sizes.actionSize)];
  const { hidden } = sizes.expert;

  const stepwise = await openGraph(denoiseGraph(plan), weights, folder);
  const vla = { horizon, action_size: sizes.actionSize, expert: { hidden } } as Pi0Vla;
  const every = new Set(Array.from({ length: steps }, (_, step) => step));
  const decoder = new FlowDecoder(stepwise.session, new TimeConditions(undefined, steps, hidden), vla, {
    steps,
    attentionSteps: every,
  });
  const sequence = vision + words;
  const inputs = {
    cache,
    state: state.data as Float32Array,
    noise: noise.data as Float32Array,
    sequence,
    vision,
    kept,
  };
  const runSteps = async (): ReturnType<Rival["run"]> => {
    const taps: Float32Array[] = [];
    const actions = await decoder.run(inputs, (_below, above) => taps.push(above ?? new Float32Array()));
    const mean = (_: number, index: number): number =>
      taps.reduce((sum, tap) => sum + (tap[index] ?? 0), 0) / steps;
    return { actions, attention: taps[0]?.map(mean) ?? new Float32Array() };
  };

  const unrolled = await openGraph(unrolledGraph(plan, steps), weights, folder);
  const times = eulerSchedule(steps).times.flatMap((time) => [...timeEmbedding(time, hidden)]);
  const past = Object.entries(cache).map(([name, tensor]) => [
    name.replace("present", "past_key_values"),
    tensor,
  ]);
  const rows = Int32Array.from({ length: horizon + 1 }, (_, row) => sequence + row);
  const feeds: Record<string, GraphTensor> = {
    ...Object.fromEntries(past),
    state,
    noisy_actions: noise,
    time_embedding: float32Tensor(Float32Array.from(times), [steps, hidden]),
    position_ids: int64Tensor(rows, [1, rows.length]),
    vision_columns: int64Tensor([vision, kept]),
  };
  const runUnrolled = async (): ReturnType<Rival["run"]> => {
    const outputs = await unrolled.session.run(feeds);
    const attention = readFloat32(outputs["action_attention_kept"], "action_attention_kept");
    return { actions: readFloat32(outputs["actions"], "actions"), attention };
  };
  return { steps: rival(stepwise, runSteps), unrolled: rival(unrolled, runUnrolled) };
}

interface Opened {
  readonly session: GraphSession;
  readonly nodes: number;
  readonly openedIn: number;
}

async function openGraph(graph: PlannedGraph, weights: TensorSource, folder: string): Promise<Opened> {
  await writeGraph(graph, weights, folder, `${graph.name}.onnx`);
  const before = performance.now();
  const session = await openSession(join(folder, `${graph.name}.onnx`));
  return { session, nodes: graph.nodes.length, openedIn: performance.now() - before };
}

function rival({ session, nodes, openedIn }: Opened, run: Rival["run"]): Rival {
  return { nodes, openedIn, run, release: () => session.release() };
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashNoise, nameHash, SyntheticSource, writeSafetensors } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, SyntheticTensor, TensorSource } from "@vla-pruner/onnx/convert";
import { pi0Recipe } from "../../src/convert.ts";
import { EPISODES, fixtureEpisode } from "./fixture-episode.ts";
import { ROBOT_ACTION_SIZE, STATE_SIZE } from "./fixtures.ts";
import type { Pi0Fixture } from "./fixtures.ts";

/** Keys that only the generator of synthetic weights reads. */
const GENERATOR_KEYS: readonly string[] = ["pi05", "vocab_size", "prefix", "expert", "vision_tower"];

/** Writes config.json, the weights and norm_stats.json into a folder that is made. */
export async function writeCheckpoint(folder: string, fixture: Pi0Fixture): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify(writtenConfig(fixture)));
  await writeFile(join(folder, "norm_stats.json"), JSON.stringify(fixtureStatistics(fixture)));
  const weights = fixtureWeights(fixture);
  await writeSafetensors(join(folder, "model.safetensors"), weights, weights.names, "F32");
}

/** Writes `<name>.jsonl` of every episode, its pixels and its noise into a folder that exists. */
export async function writeEpisodes(folder: string, fixture: Pi0Fixture): Promise<void> {
  for (const name of Object.keys(EPISODES)) {
    const lines: string[] = [];
    for (const [step, line] of fixtureEpisode(fixture, name).entries()) {
      const { pixelValues, noise, inputIds, state, imageMasks } = line;
      const [pixelFile, noiseFile] = [`${name}${step}.pixels.bin`, `${name}${step}.noise.bin`];
      await writeFile(join(folder, pixelFile), new Uint8Array(pixelValues.data.buffer));
      await writeFile(join(folder, noiseFile), new Uint8Array(noise.buffer));
      const json = { pixel_values: pixelFile, noise: noiseFile, input_ids: inputIds, state };
      lines.push(JSON.stringify({ ...json, ...(imageMasks && { image_masks: imageMasks }) }));
    }
    await writeFile(join(folder, `${name}.jsonl`), `${lines.join("\n")}\n`);
  }
}

/** Config as openpi's converter would write it, with our head counts. */
export function writtenConfig({ config }: Pi0Fixture): CheckpointConfig {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !GENERATOR_KEYS.includes(key)));
}

/** Weights drawn so that attention is far from flat and that time and pictures matter. */
export function fixtureWeights({ config, seed }: Pi0Fixture): TensorSource {
  const tensors = new Map(pi0Recipe.tensors(config));
  for (const [name, tensor] of tensors) tensors.set(name, livelier(name, tensor));
  return new SyntheticSource(tensors, seed);
}

/** openpi's norm_stats.json: a state of 8 numbers, actions of 7. */
export function fixtureStatistics({ seed }: Pi0Fixture): { norm_stats: Record<string, unknown> } {
  const stats = (name: string, size: number): Record<string, number[]> => {
    const draw = (what: string, low: number, high: number): number[] =>
      Array.from(
        hashNoise(nameHash(`${name}.${what}`, seed), 0, size),
        (value) => low + ((value + 1) / 2) * (high - low),
      );
    return {
      mean: draw("mean", -1, 1),
      std: draw("std", 0.5, 1.5),
      q01: draw("q01", -2, -1),
      q99: draw("q99", 1, 2),
    };
  };
  return { norm_stats: { state: stats("state", STATE_SIZE), actions: stats("actions", ROBOT_ACTION_SIZE) } };
}

function livelier(name: string, tensor: SyntheticTensor): SyntheticTensor {
  if (name.endsWith(".dense.bias")) return { ...tensor, mean: 0.3, deviation: 0.2 };
  if (name.endsWith("bias")) return { ...tensor, deviation: 0.1 };
  if (/language_model.*norm|gemma_expert.*norm\.weight/u.test(name)) return { ...tensor, deviation: 0.2 };
  const [, gain = 1] = GAINS.find(([part]) => part.test(name)) ?? [];
  if (tensor.dims.length < 2 || gain === 1) return tensor;
  const inputs = tensor.dims.slice(1).reduce((size, dim) => size * dim, 1);
  return { ...tensor, deviation: gain / Math.sqrt(inputs) };
}

/** How much larger than of unit variance the matrices are whose names match. */
const GAINS: readonly (readonly [RegExp, number])[] = [
  [/patch_embedding/u, 3],
  [/vision_tower/u, 1],
  [/[qk]_proj/u, 1.6],
  [/dense/u, 0.3],
  [/action_out_proj/u, 0.5],
];

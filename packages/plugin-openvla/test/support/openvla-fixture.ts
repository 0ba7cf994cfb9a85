import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashNoise, nameHash, SyntheticSource, writeSafetensors } from "@vla-pruner/onnx";
import type { CheckpointConfig, RecipeOptions, StoredType, SyntheticTensor, TensorSource } from "@vla-pruner/onnx";
import { openvlaRecipe } from "../../src/convert.ts";
import { smoothField } from "./smooth-field.ts";
import { TunedSource } from "./tuned-source.ts";
import type { RowScale } from "./tuned-source.ts";

/** The token that the official code wants at the end of a prompt. */
const EMPTY_TOKEN = 29871;
const STEPS = 8;
const WORDS = 18;

/** A small seeded OpenVLA checkpoint and an episode for it; the same bytes on every machine. */
export interface OpenVlaFixture {
  readonly name: string;
  readonly seed: number;
  /** Keys as in `config.json`, and `vision_towers` for the generator. */
  readonly config: CheckpointConfig;
  /** Keys of `config` that the written file leaves out, `text_config` for its sizes. */
  readonly silent?: readonly ("image_sizes" | "text_config")[];
  readonly dtype: StoredType;
  readonly shards: number;
  /** Whether the word table is the output matrix too. */
  readonly tied?: boolean;
  /** Whether the position tables of the towers have rows for class and register tokens. */
  readonly positionsCoverPrefix?: boolean;
  readonly options: RecipeOptions;
}

/** Writes config.json, safetensors files and the episode into a folder that is made. */
export async function writeFixture(folder: string, fixture: OpenVlaFixture): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), `${JSON.stringify(writtenConfig(fixture), null, 2)}\n`);
  await writeWeights(folder, fixture);
  await writeEpisode(folder, fixture);
}

/** Weights drawn so that attention is far from flat and that the likeliest tokens are action tokens. */
export function fixtureWeights({ config, seed, tied, positionsCoverPrefix }: OpenVlaFixture): TensorSource {
  const tensors = new Map(openvlaRecipe.tensors(config));
  for (const [name, tensor] of tensors) tensors.set(name, livelier(name, tensor));
  if (positionsCoverPrefix === true) coverPrefix(tensors);
  const head = tied === true ? "language_model.model.embed_tokens.weight" : "language_model.lm_head.weight";
  if (tied === true) tensors.delete("language_model.lm_head.weight");
  const { vocab_size: words = 0 } = config["text_config"] as { vocab_size?: number };
  const last = words - Number(config["pad_to_multiple_of"]);
  const scales: RowScale[] = [
    { tensor: head, rows: [last - Number(config["n_action_bins"]), last], factor: 3 },
    { tensor: head, rows: [EMPTY_TOKEN, EMPTY_TOKEN + 1], factor: 0 }, // the published pruning code prefills again on it
  ];
  return new TunedSource(new SyntheticSource(tensors, seed), scales);
}

function livelier(name: string, tensor: SyntheticTensor): SyntheticTensor {
  const gain = /patch_embed/u.test(name) ? 3 : /[qkv]_proj|attn\.qkv|projector/u.test(name) ? 1.3 : 1;
  const inputs = tensor.dims.slice(1).reduce((size, dim) => size * dim, 1);
  if (name.endsWith("bias")) return { ...tensor, deviation: 0.1 };
  return tensor.dims.length < 2 || gain === 1 ? tensor : { ...tensor, deviation: gain / Math.sqrt(inputs) };
}

function coverPrefix(tensors: Map<string, SyntheticTensor>): void {
  for (const [name, tensor] of tensors) {
    if (!name.endsWith("pos_embed")) continue;
    const prefix = name.slice(0, -"pos_embed".length);
    const rows = ["cls_token", "reg_token"].map((token) => tensors.get(`${prefix}${token}`)?.dims[1] ?? 0);
    const [one = 1, patches = 0, hidden = 0] = tensor.dims;
    tensors.set(name, { ...tensor, dims: [one, rows.reduce((sum, count) => sum + count, patches), hidden] });
  }
}

function writtenConfig({ config, silent = [] }: OpenVlaFixture): CheckpointConfig {
  const { vision_towers: _, ...written } = config;
  const { vocab_size, max_position_embeddings } = config["text_config"] as Record<string, unknown>;
  return {
    ...written,
    ...(silent.includes("image_sizes") && { image_sizes: undefined }),
    ...(silent.includes("text_config") && { text_config: { model_type: "llama", vocab_size, max_position_embeddings } }),
  };
}

async function writeWeights(folder: string, fixture: OpenVlaFixture): Promise<void> {
  const source = fixtureWeights(fixture);
  const { shards, dtype } = fixture;
  if (shards === 1) return writeSafetensors(join(folder, "model.safetensors"), source, source.names, dtype);
  const map: Record<string, string> = {};
  const each = Math.ceil(source.names.length / shards);
  for (let shard = 0; shard < shards; shard += 1) {
    const number = (value: number): string => String(value).padStart(5, "0");
    const file = `model-${number(shard + 1)}-of-${number(shards)}.safetensors`;
    const names = source.names.slice(shard * each, (shard + 1) * each);
    await writeSafetensors(join(folder, file), source, names, dtype);
    for (const name of names) map[name] = file;
  }
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ metadata: {}, weight_map: map }));
}

async function writeEpisode(folder: string, { seed, config }: OpenVlaFixture): Promise<void> {
  const [side = 224] = config["image_sizes"] as readonly number[];
  const channels = 3 * (config["image_sizes"] as readonly number[]).length;
  const ids = promptIds(config, seed);
  const lines: string[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const pixels = new Float32Array(channels * side * side);
    for (let channel = 0; channel < channels; channel += 1) {
      pixels.set(smoothField(`pixels.${channel}`, seed, step, side), channel * side * side);
    }
    await writeFile(join(folder, `step${step}.bin`), new Uint8Array(pixels.buffer));
    lines.push(JSON.stringify({ pixel_values: `step${step}.bin`, input_ids: ids }));
  }
  await writeFile(join(folder, "episode.jsonl"), `${lines.join("\n")}\n`);
}

/** BOS, some words, and the empty token where the vocabulary has it. */
function promptIds(config: CheckpointConfig, seed: number): number[] {
  const { vocab_size: words = 0 } = config["text_config"] as { vocab_size?: number };
  const last = Math.min(words, EMPTY_TOKEN + 1);
  const noise = hashNoise(nameHash("prompt", seed), 0, WORDS);
  return [1, ...Array.from(noise, (value) => 3 + Math.floor(((value + 1) / 2) * (last - 4))), last - 1];
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SyntheticSource, writeSafetensors } from "@vla-pruner/onnx/convert";
import type {
  CheckpointConfig,
  RecipeOptions,
  StoredType,
  SyntheticTensor,
  TensorSource,
} from "@vla-pruner/onnx/convert";
import { openvlaRecipe } from "../../src/convert.ts";
import { EMPTY_TOKEN, fixtureEpisode } from "./fixture-episode.ts";
import { TunedSource } from "./tuned-source.ts";
import type { RowScale } from "./tuned-source.ts";

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

/** Writes config.json and the safetensors files into a folder that is made. */
export async function writeCheckpoint(folder: string, fixture: OpenVlaFixture): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), `${JSON.stringify(writtenConfig(fixture), null, 2)}\n`);
  await writeWeights(folder, fixture);
}

/** Writes `episode.jsonl` and its pixels into a folder that exists. */
export async function writeEpisode(folder: string, { config, seed }: OpenVlaFixture): Promise<void> {
  const lines: string[] = [];
  for (const [step, { pixelValues, inputIds }] of fixtureEpisode(config, seed).entries()) {
    await writeFile(join(folder, `step${step}.bin`), new Uint8Array(pixelValues.data.buffer));
    lines.push(JSON.stringify({ pixel_values: `step${step}.bin`, input_ids: inputIds }));
  }
  await writeFile(join(folder, "episode.jsonl"), `${lines.join("\n")}\n`);
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

/** How much larger than of unit variance the matrices are whose names match: attention comes out far from flat. */
const GAINS: readonly (readonly [RegExp, number])[] = [
  [/patch_embed/u, 3],
  [/attn\.qkv/u, 1.3],
  [/projector/u, 1.6],
  [/[qk]_proj/u, 2],
  [/[vo]_proj/u, 1.5],
  [/_proj/u, 1.3],
];

function livelier(name: string, tensor: SyntheticTensor): SyntheticTensor {
  if (name.endsWith("bias")) return { ...tensor, deviation: 0.1 };
  const [, gain = 1] = GAINS.find(([part]) => part.test(name)) ?? [];
  if (tensor.dims.length < 2 || gain === 1) return tensor;
  const inputs = tensor.dims.slice(1).reduce((size, dim) => size * dim, 1);
  return { ...tensor, deviation: gain / Math.sqrt(inputs) };
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
    ...(silent.includes("text_config") && {
      text_config: { model_type: "llama", vocab_size, max_position_embeddings },
    }),
  };
}

async function writeWeights(folder: string, fixture: OpenVlaFixture): Promise<void> {
  const source = fixtureWeights(fixture);
  const { shards, dtype } = fixture;
  if (shards === 1) return writeSafetensors(join(folder, "model.safetensors"), source, source.names, dtype);
  const map: Record<string, string> = {};
  const each = Math.ceil(source.names.length / shards);
  for (let shard = 0; shard < shards; shard += 1) {
    const [number, total] = [shard + 1, shards].map((value) => String(value).padStart(5, "0"));
    const file = `model-${number}-of-${total}.safetensors`;
    const names = source.names.slice(shard * each, (shard + 1) * each);
    await writeSafetensors(join(folder, file), source, names, dtype);
    for (const name of names) map[name] = file;
  }
  await writeFile(
    join(folder, "model.safetensors.index.json"),
    JSON.stringify({ metadata: {}, weight_map: map }),
  );
}

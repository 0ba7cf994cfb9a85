import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SyntheticSource, writeSafetensors } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, StoredType, SyntheticTensor } from "@vla-pruner/onnx/convert";
import { openvlaRecipe } from "@vla-pruner/plugin-openvla/convert";

const STATISTICS = {
  action: {
    q01: [-1, -2, -3, -1, -1, -1, 0],
    q99: [1, 2, 3, 1, 1, 1, 1],
    mask: [true, true, true, true, true, true, false],
  },
};

/** An OpenVLA of 16 patches and 6 layers. */
export const CONFIG: CheckpointConfig = {
  model_type: "openvla",
  image_sizes: [56, 56],
  n_action_bins: 256,
  pad_to_multiple_of: 64,
  vision_heads: [2, 2],
  vision_towers: [
    {
      hidden: 16,
      layers: 3,
      intermediate: 32,
      patch: 14,
      class_token: true,
      registers: 4,
      layer_scale: true,
    },
    {
      hidden: 16,
      layers: 3,
      intermediate: 32,
      patch: 14,
      class_token: false,
      registers: 0,
      layer_scale: false,
    },
  ],
  text_config: {
    model_type: "llama",
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 6,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    vocab_size: 1064,
  },
  norm_stats: { tiny: STATISTICS },
};

/** The same with two sets of statistics, so that one has to be chosen. */
export const TWO_STATISTICS: CheckpointConfig = {
  ...CONFIG,
  norm_stats: { tiny: STATISTICS, other: STATISTICS },
};

export interface CheckpointSpec {
  readonly config?: CheckpointConfig;
  readonly dtype?: StoredType;
  readonly shards?: number;
  /** Changes the tensors before they are written, to make a checkpoint that does not add up. */
  readonly change?: (tensors: Map<string, SyntheticTensor>) => void;
}

/** Writes a checkpoint into a folder that is made; gives the folder. */
export async function writeCheckpoint(folder: string, spec: CheckpointSpec = {}): Promise<string> {
  const { config = CONFIG, dtype = "F32", shards = 1, change } = spec;
  const tensors = new Map(openvlaRecipe.tensors(config));
  change?.(tensors);
  const source = new SyntheticSource(tensors, 7);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  if (shards === 1) {
    await writeSafetensors(join(folder, "model.safetensors"), source, source.names, dtype);
    return folder;
  }
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard += 1) {
    const file = shardName(shard + 1, shards);
    const names = source.names.filter((_, index) => index % shards === shard);
    await writeSafetensors(join(folder, file), source, names, dtype);
    for (const name of names) weightMap[name] = file;
  }
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: weightMap }));
  return folder;
}

/** File name of a shard, counted from 1. */
export function shardName(shard: number, shards: number): string {
  return `model-${fiveDigits(shard)}-of-${fiveDigits(shards)}.safetensors`;
}

function fiveDigits(value: number): string {
  return String(value).padStart(5, "0");
}

import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { convert } from "../../tools/add-policy.ts";
import { REPOSITORY } from "../../tools/places.ts";

/** Name of a random OpenVLA-OFT, so small that a processor can stand in for a GPU. */
export const MINIATURE = "miniature-openvla-oft";

const TOWER = { hidden: 32, layers: 2, intermediate: 64, patch: 14 };
const bounds = (size: number): Record<string, readonly number[]> => {
  const [low, high] = [-1, 1].map((value) => Array.from({ length: size }, () => value));
  return { q01: low ?? [], q99: high ?? [], min: low ?? [], max: high ?? [] };
};

/** Two cameras of 4 × 4 patches, four layers, a chunk of actions in one pass. */
const CONFIG = {
  architectures: ["OpenVLAForActionPrediction"],
  model_type: "openvla",
  image_resize_strategy: "resize-naive",
  image_sizes: [56, 56],
  n_action_bins: 256,
  pad_to_multiple_of: 64,
  use_fused_vision_backbone: true,
  vision_heads: [2, 2],
  vision_towers: [
    { ...TOWER, class_token: true, registers: 4, layer_scale: true },
    { ...TOWER, class_token: false, registers: 0, layer_scale: false },
  ],
  text_config: {
    model_type: "llama",
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 4,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    vocab_size: 1024,
    max_position_embeddings: 1024,
    rms_norm_eps: 1e-6,
  },
  empty_token_id: 703,
  action_head: "l1",
  num_images_in_input: 2,
  state_size: 8,
  norm_stats: {
    synthetic: {
      action: { ...bounds(7), mask: [true, true, true, true, true, true, false] },
      proprio: bounds(8),
    },
  },
};

/** Writes its model directory, with the tokenizer of the small trained one. */
export async function makeMiniature(out: string): Promise<void> {
  const config = `${out}.json`;
  await writeFile(config, JSON.stringify(CONFIG));
  const architecture = ["--architecture", "openvla-oft", "--prune-layer", "2", "--target", "webgpu"];
  await convert(["--synthetic", config, ...architecture, "--out", out]);
  await rm(config);
  for (const file of ["tokenizer.json", "tokenizer_config.json"])
    await copyFile(join(REPOSITORY, "checkpoints", "tiny-openvla-oft", file), join(out, file));
}

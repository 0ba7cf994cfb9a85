import type { Activation, TowerSizes } from "@vla-pruner/onnx/blocks";
import { dimsOf, invalidConfig, layersBelow } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, TensorSource } from "@vla-pruner/onnx/convert";

/** Attention heads of the timm towers that Prismatic models are built from, by the beginning of their id. */
const HEADS: Readonly<Record<string, number>> = {
  vit_large_patch14_reg4_dinov2: 16,
  vit_so400m_patch14_siglip: 16,
  vit_large_patch16: 16,
};

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_tanh: "gelu-tanh",
  quick_gelu: "quick-gelu",
};

/** Sizes of one vision tower and the picture that it wants. */
export interface PrismaticTower extends TowerSizes {
  readonly imageSize: number;
}

/** Reads a tower's sizes off its tensors; head counts come from `vision_heads`, or from the timm id. */
export function readTower(
  config: CheckpointConfig,
  checkpoint: TensorSource,
  prefix: string,
  index: number,
): PrismaticTower {
  const dims = (name: string): readonly number[] => dimsOf(checkpoint, `${prefix}${name}`);
  if (checkpoint.info(`${prefix}norm_pre.weight`) !== undefined)
    throw invalidConfig("a DINOv2 or SigLIP tower", `a CLIP tower at ${prefix}`);
  const [hidden = 0, , patch = 0] = dims("patch_embed.proj.weight");
  const prefixTokens = ["cls_token", "reg_token"]
    .filter((name) => checkpoint.info(`${prefix}${name}`) !== undefined)
    .map((name) => ({ name: `${prefix}${name}`, count: dims(name)[1] ?? 0 }));
  const skipped = prefixTokens.reduce((sum, { count }) => sum + count, 0);
  const positions = dims("pos_embed")[1] ?? 0;
  const imageSize = imageSizeOf(config, index) ?? patch * Math.floor(Math.sqrt(positions));
  const tokens = Math.floor(imageSize / patch) ** 2;
  if (positions !== tokens && positions !== tokens + skipped) {
    throw invalidConfig(
      `${prefix}pos_embed with ${tokens} rows for pictures of ${imageSize} px`,
      `${positions} rows`,
    );
  }
  const blocks = layersBelow(checkpoint, `${prefix}blocks.`);
  return {
    prefix,
    hidden,
    heads: headsOf(config, index, hidden),
    intermediate: dims("blocks.0.mlp.fc1.weight")[0] ?? 0,
    blocks: blocks - 1, // Prismatic reads the second-to-last block.
    patch,
    tokens,
    imageSize,
    prefixTokens,
    positionsCoverPrefix: positions !== tokens,
    layerScale: checkpoint.names.some((name) => name.startsWith(prefix) && name.endsWith(".scale_factor")),
    activation: activationOf(config, index),
  };
}

function imageSizeOf(config: CheckpointConfig, index: number): number | undefined {
  const sizes = config["image_sizes"];
  const size: unknown = Array.isArray(sizes) ? sizes[index] : undefined;
  if (size === undefined) return undefined;
  if (typeof size !== "number" || !Number.isInteger(size) || size < 1)
    throw invalidConfig("image_sizes: whole numbers", JSON.stringify(sizes));
  return size;
}

function headsOf(config: CheckpointConfig, index: number, hidden: number): number {
  const given = config["vision_heads"];
  const ids = config["timm_model_ids"];
  const id = Array.isArray(ids) ? String(ids[index]) : "";
  const known = Object.keys(HEADS).find((name) => id.startsWith(name));
  const heads: unknown = Array.isArray(given) ? given[index] : known && HEADS[known];
  if (typeof heads === "number" && heads > 0 && hidden % heads === 0) return heads;
  throw invalidConfig(
    `vision_heads with a divisor of ${hidden} for tower ${index}, or a timm_model_ids entry that is known: ${Object.keys(HEADS).join(", ")}`,
    Array.isArray(given) ? JSON.stringify(given) : JSON.stringify(id),
  );
}

function activationOf(config: CheckpointConfig, index: number): Activation {
  const names = config["timm_override_act_layers"];
  const name: unknown = Array.isArray(names) ? (names[index] ?? "gelu") : "gelu";
  const activation =
    typeof name === "string" && Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (activation !== undefined) return activation;
  throw invalidConfig(
    `timm_override_act_layers among ${Object.keys(ACTIVATIONS).join(", ")}`,
    JSON.stringify(name),
  );
}

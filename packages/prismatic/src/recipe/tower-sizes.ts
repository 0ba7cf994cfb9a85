import type { Activation, TowerSizes } from "@vla-pruner/onnx/blocks";
import { dimsOf, invalidConfig, layersBelow, missingTensor } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, TensorSource } from "@vla-pruner/onnx/convert";

/** What tensors alone would not miss of a timm tower. */
interface TimmTower {
  readonly heads: number;
  /** Tensors that every checkpoint of it has. */
  readonly has: readonly string[];
}

/** The timm towers that Prismatic models are built from, by the beginning of their id. */
const TIMM: Readonly<Record<string, TimmTower>> = {
  vit_large_patch14_reg4_dinov2: { heads: 16, has: ["cls_token", "reg_token", "blocks.0.ls1.scale_factor"] },
  vit_so400m_patch14_siglip: { heads: 16, has: [] },
  vit_large_patch16: { heads: 16, has: ["cls_token"] },
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
  const lacking = timmTower(config, index)?.has.find(
    (name) => checkpoint.info(`${prefix}${name}`) === undefined,
  );
  if (lacking !== undefined) throw missingTensor(`${prefix}${lacking}`);
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
  const heads: unknown = Array.isArray(given) ? given[index] : timmTower(config, index)?.heads;
  if (typeof heads === "number" && heads > 0 && hidden % heads === 0) return heads;
  throw invalidConfig(
    `vision_heads with a divisor of ${hidden} for tower ${index}, or a timm_model_ids entry that is known: ${Object.keys(TIMM).join(", ")}`,
    Array.isArray(given) ? JSON.stringify(given) : JSON.stringify(timmId(config, index)),
  );
}

function timmId(config: CheckpointConfig, index: number): string {
  const ids = config["timm_model_ids"];
  return Array.isArray(ids) ? String(ids[index]) : "";
}

function timmTower(config: CheckpointConfig, index: number): TimmTower | undefined {
  const known = Object.keys(TIMM).find((name) => timmId(config, index).startsWith(name));
  return known === undefined ? undefined : TIMM[known];
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

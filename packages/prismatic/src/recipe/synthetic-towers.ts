import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { TOWERS } from "./prismatic-sizes.ts";
import type { PrismaticTower } from "./tower-sizes.ts";

/** A tower's sizes, as `vision_towers` in a config for `--synthetic` may give them. */
export interface SyntheticTower {
  readonly hidden: number;
  readonly layers: number;
  readonly intermediate: number;
  readonly patch: number;
  readonly class_token: boolean;
  readonly registers: number;
  readonly layer_scale: boolean;
}

export function dinov2(hidden: number, layers: number, intermediate: number): SyntheticTower {
  return { hidden, layers, intermediate, patch: 14, class_token: true, registers: 4, layer_scale: true };
}

export function siglip(hidden: number, layers: number, intermediate: number): SyntheticTower {
  return { hidden, layers, intermediate, patch: 14, class_token: false, registers: 0, layer_scale: false };
}

/** Sizes of the timm towers, by the beginning of their id. */
const TIMM: Readonly<Record<string, SyntheticTower>> = {
  vit_large_patch14_reg4_dinov2: dinov2(1024, 24, 4096),
  vit_so400m_patch14_siglip: siglip(1152, 27, 4304),
};

/** Sizes of the towers from the config alone. They have their last block, as checkpoints do. */
export function syntheticTowers(config: CheckpointConfig): PrismaticTower[] {
  const images = (config["image_sizes"] ?? []) as readonly number[];
  return towersOf(config).map((tower, index) => sized(tower, TOWERS[index] ?? "", images[index] ?? 224));
}

function towersOf(config: CheckpointConfig): readonly SyntheticTower[] {
  const given = config["vision_towers"];
  if (Array.isArray(given)) return given as SyntheticTower[];
  const ids = (config["timm_model_ids"] ?? Object.keys(TIMM)) as readonly string[];
  return ids.flatMap((id) =>
    Object.entries(TIMM).flatMap(([name, tower]) => (id.startsWith(name) ? [tower] : [])),
  );
}

function sized(tower: SyntheticTower, prefix: string, imageSize: number): PrismaticTower {
  const { hidden, layers, intermediate, patch, class_token, registers, layer_scale } = tower;
  const tokens = [
    { name: `${prefix}cls_token`, count: class_token ? 1 : 0 },
    { name: `${prefix}reg_token`, count: registers },
  ];
  return {
    prefix,
    hidden,
    heads: 1, // shapes are the same for any number of heads
    intermediate,
    blocks: layers,
    patch,
    tokens: Math.floor(imageSize / patch) ** 2,
    imageSize,
    prefixTokens: tokens.filter(({ count }) => count > 0),
    positionsCoverPrefix: false,
    layerScale: layer_scale,
    activation: "gelu",
  };
}

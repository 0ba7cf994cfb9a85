import { layerNorm, linear } from "@vla-pruner/onnx/blocks";
import { recordTensors } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, SyntheticTensor, TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import { readDecoder, TOWERS } from "./prismatic-sizes.ts";
import type { PrismaticSizes } from "./prismatic-sizes.ts";
import type { PrismaticTower } from "./tower-sizes.ts";

/** A tower's sizes, as `vision_towers` in a config for `--synthetic` may give them. */
interface SyntheticTower {
  readonly hidden: number;
  readonly layers: number;
  readonly intermediate: number;
  readonly patch: number;
  readonly class_token: boolean;
  readonly registers: number;
  readonly layer_scale: boolean;
}

/** Sizes of the timm towers, by the beginning of their id. */
const TIMM: Readonly<Record<string, SyntheticTower>> = {
  vit_large_patch14_reg4_dinov2: {
    hidden: 1024,
    layers: 24,
    intermediate: 4096,
    patch: 14,
    class_token: true,
    registers: 4,
    layer_scale: true,
  },
  vit_so400m_patch14_siglip: {
    hidden: 1152,
    layers: 27,
    intermediate: 4304,
    patch: 14,
    class_token: false,
    registers: 0,
    layer_scale: false,
  },
};

/** OpenVLA 7B, where the config is silent. */
const DECODER_SIZES = { vocabulary: 32_064, hidden: 4096, layers: 32, intermediate: 11_008 };

/**
 * Every tensor of a checkpoint of this config, with values that keep activations in range: those that the
 * graphs read, and those that lie beside them.
 *
 * @param build makes the graphs from sizes that come from the config alone
 */
export function prismaticTensors(
  config: CheckpointConfig,
  build: (sizes: PrismaticSizes, checkpoint: TensorSource) => unknown,
): ReadonlyMap<string, SyntheticTensor> {
  const sizes = syntheticSizes(config);
  const { decoder, head } = sizes;
  return recordTensors((checkpoint) => {
    build(sizes, checkpoint);
    const unread = new GraphBuilder("unread", checkpoint, "float32");
    for (const { prefix, hidden } of sizes.towers) layerNorm(unread, "x", `${prefix}norm`, hidden, 1e-6);
    linear(unread, "x", { weights: [head], input: decoder.hidden, outputs: [decoder.vocabulary] });
  });
}

/** Sizes from the config alone. The towers have their last block, as checkpoints do. */
function syntheticSizes(config: CheckpointConfig): PrismaticSizes {
  const images = (config["image_sizes"] ?? []) as readonly number[];
  const towers = towersOf(config).map((tower, index) => sized(tower, index, images[index] ?? 224));
  const decoder = readDecoder(config, DECODER_SIZES);
  const joined = towers.reduce((sum, { hidden }) => sum + hidden, 0);
  const [imageSize = 224, visionTokens = 0] = towers.flatMap((tower) => [tower.imageSize, tower.tokens]);
  const inner = towers.length > 1 ? [4 * joined, decoder.hidden] : [decoder.hidden];
  return {
    decoder,
    towers,
    imageSize,
    visionTokens,
    projector: [joined, ...inner, decoder.hidden],
    head: "language_model.lm_head.weight",
  };
}

function towersOf(config: CheckpointConfig): readonly SyntheticTower[] {
  const given = config["vision_towers"];
  if (Array.isArray(given)) return given as SyntheticTower[];
  const ids = (config["timm_model_ids"] ?? Object.keys(TIMM)) as readonly string[];
  return ids.flatMap((id) =>
    Object.entries(TIMM).flatMap(([name, tower]) => (id.startsWith(name) ? [tower] : [])),
  );
}

function sized(tower: SyntheticTower, index: number, imageSize: number): PrismaticTower {
  const { hidden, layers, intermediate, patch, class_token, registers, layer_scale } = tower;
  const prefix = TOWERS[index] ?? "";
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

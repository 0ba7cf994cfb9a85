import { layerNorm, linear } from "@vla-pruner/onnx/blocks";
import { recordTensors } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, SyntheticTensor, TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import { readDecoder } from "./prismatic-sizes.ts";
import type { PrismaticSizes } from "./prismatic-sizes.ts";
import { syntheticTowers } from "./synthetic-towers.ts";

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

/** Sizes from the config alone. */
function syntheticSizes(config: CheckpointConfig): PrismaticSizes {
  const towers = syntheticTowers(config);
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

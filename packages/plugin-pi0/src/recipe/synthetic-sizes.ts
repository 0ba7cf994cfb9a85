import { rmsNorm, transformerLayer } from "@vla-pruner/onnx/blocks";
import { wholeNumber } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import { NAMES, sizesOf } from "./pi0-sizes.ts";
import type { GemmaShape, Pi0Sizes } from "./pi0-sizes.ts";

/** Sizes of one Gemma, as `prefix` and `expert` in a config for `--synthetic` may give them. */
interface SyntheticGemma {
  readonly width: number;
  readonly layers: number;
  readonly intermediate: number;
}

const GEMMA_2B: SyntheticGemma = { width: 2048, layers: 18, intermediate: 16_384 };
const GEMMA_300M: SyntheticGemma = { width: 1024, layers: 18, intermediate: 4096 };
const SO400M = { width: 1152, layers: 27, intermediate: 4304, patch: 14, side: 224 };
const VOCABULARY = 257_152;

/** Sizes of a synthetic model, from the config alone; `vision_tower` may change those of SigLIP So400m. */
export function syntheticSizes(config: CheckpointConfig): Pi0Sizes {
  const given = (config["vision_tower"] ?? {}) as Partial<typeof SO400M>;
  const { width: hidden, layers, intermediate, patch, side } = { ...SO400M, ...given };
  const actionSize = wholeNumber(config, "action_dim", 32);
  return sizesOf(config, {
    pi05: config["model_type"] === "pi05" || config["pi05"] === true,
    names: NAMES,
    prefix: gemma(GEMMA_2B, config["prefix"]),
    expert: gemma(GEMMA_300M, config["expert"]),
    tower: { hidden, layers, intermediate, patch, tokens: Math.floor(side / patch) ** 2 },
    vocabulary: wholeNumber(config, "vocab_size", VOCABULARY),
    horizon: 1,
    actionSize,
    stateSize: actionSize,
  });
}

/** Asks for what checkpoints have and graphs leave out: the prefix's last layer but its keys and values. */
export function askForUnread({ decoder, names }: Pi0Sizes, checkpoint: TensorSource): void {
  const graph = new GraphBuilder("unread", checkpoint, "float32");
  const last = `${names.language}layers.${decoder.layers - 1}.`;
  transformerLayer(graph, "x", last, decoder, ({ query }) => ({ output: query }));
  rmsNorm(graph, "x", `${names.language}norm.weight`, decoder.hidden, decoder.epsilon, decoder.normPlus);
}

function gemma(usual: SyntheticGemma, given: unknown): GemmaShape {
  const { width, layers, intermediate } = { ...usual, ...(given as Partial<SyntheticGemma> | undefined) };
  return { hidden: width, layers, intermediate };
}

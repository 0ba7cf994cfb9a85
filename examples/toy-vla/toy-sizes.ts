import type { DecoderSizes, SiglipSizes } from "@vla-pruner/onnx/blocks";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

/** Sizes of the toy, shaped as SmolVLM: a SigLIP tower, a connector and a LLaMA decoder with grouped heads. */
export interface ToySizes {
  readonly imageSize: number;
  readonly tower: SiglipSizes;
  readonly decoder: DecoderSizes;
  /** Actions in a chunk. */
  readonly chunk: number;
  /** Numbers in an action. */
  readonly action: number;
}

/** A checkpoint for `SyntheticSource`: 64 visual tokens, six layers. */
export const TOY_CONFIG: CheckpointConfig = {
  model_type: "toy-vla",
  image_size: 64,
  patch_size: 8,
  vision: { hidden: 32, layers: 2, heads: 2, intermediate: 64 },
  hidden: 64,
  layers: 6,
  heads: 4,
  key_value_heads: 2,
  intermediate: 128,
  chunk: 4,
  norm_stats: { toy: { action: { low: [-1, -1, -1, -3, -3, -3, 0], high: [1, 1, 1, 3, 3, 3, 1] } } },
};

/** Bytes of the instruction are the toy's tokens. */
const VOCABULARY = 256;
const ACTION = 7;

/** Sizes as `config.json` states them. A real recipe checks what it reads. */
export function toySizes(config: CheckpointConfig): ToySizes {
  const count = (key: string): number => Number(config[key]);
  const vision = config["vision"] as Pick<SiglipSizes, "hidden" | "layers" | "heads" | "intermediate">;
  const [imageSize, patch] = [count("image_size"), count("patch_size")];
  return {
    imageSize,
    tower: { ...vision, prefix: "vision.", patch, tokens: (imageSize / patch) ** 2 },
    decoder: {
      layers: count("layers"),
      hidden: count("hidden"),
      intermediate: count("intermediate"),
      heads: count("heads"),
      keyValueHeads: count("key_value_heads"),
      headSize: count("hidden") / count("heads"),
      vocabulary: VOCABULARY,
      epsilon: 1e-6,
      theta: 10_000,
      positions: 512,
    },
    chunk: count("chunk"),
    action: ACTION,
  };
}

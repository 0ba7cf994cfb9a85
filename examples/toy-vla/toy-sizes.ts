import type { DecoderSizes, SiglipSizes } from "@vla-pruner/onnx/blocks";
import { invalidConfig, readFields, TRANSFORMERS_FIELDS, wholeNumber } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, ConfigFields } from "@vla-pruner/onnx/convert";

/** A model shaped as SmolVLM: a SigLIP tower, a connector and a LLaMA decoder with grouped heads. */
export interface ToySizes {
  readonly imageSize: number;
  readonly tower: SiglipSizes;
  readonly decoder: DecoderSizes;
  /** Actions in a chunk, numbers in an action. */
  readonly action: readonly [chunk: number, size: number];
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

/** Every field that the training code knows: one that is not here is warned of, another value of `only` refused. */
export const TOY_FIELDS: ConfigFields = {
  ...TRANSFORMERS_FIELDS,
  ...readFields(...Object.keys(TOY_CONFIG)),
  rope_theta: { only: [10_000] },
};

/** Sizes as `config.json` states them. @throws `config-invalid` */
export function toySizes(config: CheckpointConfig): ToySizes {
  const tower = counts(config["vision"], "hidden", "layers", "heads", "intermediate");
  const decoder = counts(config, "hidden", "layers", "heads", "intermediate");
  const other = counts(config, "image_size", "patch_size", "key_value_heads", "chunk");
  const { image_size: imageSize, patch_size: patch, key_value_heads: keyValueHeads, chunk } = other;
  return {
    imageSize,
    tower: { ...tower, prefix: "vision.", patch, tokens: (imageSize / patch) ** 2 },
    decoder: {
      ...decoder,
      keyValueHeads,
      headSize: decoder.hidden / decoder.heads,
      vocabulary: 256, // tokens are the bytes of the instruction
      epsilon: 1e-6,
      theta: 10_000,
      positions: 512,
    },
    action: [chunk, 7],
  };
}

function counts<Key extends string>(config: unknown, ...keys: readonly Key[]): Record<Key, number> {
  const count = (key: Key): number => {
    const value = wholeNumber((config ?? {}) as CheckpointConfig, key, null);
    if (value === null) throw invalidConfig(`${key}: a whole number`, "none");
    return value;
  };
  return Object.fromEntries(keys.map((key) => [key, count(key)])) as Record<Key, number>;
}

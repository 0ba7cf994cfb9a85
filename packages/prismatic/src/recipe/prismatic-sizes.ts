import type { DecoderSizes, TowerSizes } from "@vla-pruner/onnx/blocks";
import type { CheckpointConfig, TensorSource } from "@vla-pruner/onnx/convert";
import { depthOf, invalid, missing } from "./checkpoint-checks.ts";
import { readTower } from "./tower-sizes.ts";

/** Name of the decoder's weights in the checkpoint, with a final dot. */
export const DECODER = "language_model.model.";

/** All sizes of an OpenVLA checkpoint. */
export interface PrismaticSizes {
  readonly decoder: DecoderSizes;
  readonly towers: readonly TowerSizes[];
  /** Side of the square pictures, pixels. */
  readonly imageSize: number;
  /** Patches of a picture. */
  readonly visionTokens: number;
  /** Widths of the projector, from the towers' joined features to the decoder. */
  readonly projector: readonly number[];
  /** The output matrix: its own, or the word table where they are tied. */
  readonly head: string;
}

/** Sizes from `config.json`, and where it is silent from the tensors' shapes. */
export function readSizes(config: CheckpointConfig, checkpoint: TensorSource): PrismaticSizes {
  const prefixes = ["vision_backbone.featurizer.", "vision_backbone.fused_featurizer."];
  const expected = config["use_fused_vision_backbone"] === true ? 2 : 1;
  const present = prefixes.filter(
    (prefix, index) => index < expected || checkpoint.info(`${prefix}pos_embed`) !== undefined,
  );
  const towers = present.map((prefix, index) => readTower(config, checkpoint, prefix, index));
  const [first] = towers;
  if (
    first === undefined ||
    towers.some(({ tokens, imageSize }) => tokens !== first.tokens || imageSize !== first.imageSize)
  ) {
    throw invalid(
      "vision towers with the same number of patches",
      towers.map(({ tokens }) => tokens).join(" and "),
    );
  }
  const decoder = readDecoder(config, checkpoint);
  const joined = towers.reduce((sum, { hidden }) => sum + hidden, 0);
  const layers = towers.length === 2 ? 3 : 2; // Prismatic's fused and plain projectors
  const widths = Array.from({ length: layers }, (_, index) =>
    rows(checkpoint, `projector.fc${index + 1}.weight`),
  );
  if (widths.at(-1) !== decoder.hidden)
    throw invalid(`a projector that ends in the decoder's ${decoder.hidden}`, String(widths.at(-1)));
  const text = config["text_config"] as { readonly tie_word_embeddings?: unknown } | undefined;
  const own = "language_model.lm_head.weight";
  if (checkpoint.info(own) === undefined && text?.tie_word_embeddings !== true) throw missing(own);
  return {
    decoder,
    towers,
    imageSize: first.imageSize,
    visionTokens: first.tokens,
    projector: [joined, ...widths],
    head: checkpoint.info(own) === undefined ? `${DECODER}embed_tokens.weight` : own,
  };
}

function readDecoder(config: CheckpointConfig, checkpoint: TensorSource): DecoderSizes {
  const text = (config["text_config"] ?? {}) as Readonly<Record<string, unknown>>;
  // LlamaConfig's own defaults: a config that leaves a key out means these.
  const number = (key: string, otherwise: number): number => {
    const value = text[key] ?? otherwise;
    if (typeof value !== "number" || !(value > 0))
      throw invalid(`text_config.${key}: a positive number`, JSON.stringify(value));
    return value;
  };
  // Computed otherwise, or not at all, in our graphs: better refused than silently wrong.
  for (const [key, only] of [
    ["rope_scaling", null],
    ["attention_bias", false],
    ["hidden_act", "silu"],
  ] as const) {
    if ((text[key] ?? only) !== only)
      throw invalid(`text_config with ${key} ${only}`, JSON.stringify(text[key]));
  }
  const [vocabulary = 0, width = 0] = checkpoint.info(`${DECODER}embed_tokens.weight`)?.dims ?? [];
  if (vocabulary === 0) throw missing(`${DECODER}embed_tokens.weight`);
  const hidden = number("hidden_size", width);
  const heads = number("num_attention_heads", 32);
  const headSize = number("head_dim", hidden / heads);
  const keyValueRows = rows(checkpoint, `${DECODER}layers.0.self_attn.k_proj.weight`);
  const sizes = {
    layers: number("num_hidden_layers", depthOf(checkpoint, `${DECODER}layers.`)),
    hidden,
    intermediate: number("intermediate_size", rows(checkpoint, `${DECODER}layers.0.mlp.gate_proj.weight`)),
    vocabulary: number("vocab_size", vocabulary),
    heads,
    keyValueHeads: number("num_key_value_heads", keyValueRows / headSize),
    headSize,
    epsilon: number("rms_norm_eps", 1e-6),
    theta: number("rope_theta", 10_000),
    positions: number("max_position_embeddings", 2048),
  };
  if (!Number.isInteger(headSize) || headSize % 2 !== 0 || heads % sizes.keyValueHeads !== 0) {
    throw invalid(
      "an even head size and query heads that are a multiple of the key/value heads",
      `head size ${headSize}, ${heads} and ${sizes.keyValueHeads} heads`,
    );
  }
  return sizes;
}

function rows(checkpoint: TensorSource, name: string): number {
  const size = checkpoint.info(name)?.dims[0];
  if (size === undefined) throw missing(name);
  return size;
}

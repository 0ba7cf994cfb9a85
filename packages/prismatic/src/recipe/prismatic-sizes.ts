import type { DecoderSizes, TowerSizes } from "@vla-pruner/onnx/blocks";
import { dimsOf, invalidConfig, layersBelow, missingTensor } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, TensorSource } from "@vla-pruner/onnx/convert";
import { readTower } from "./tower-sizes.ts";

/** Name of the decoder's weights in the checkpoint, with a final dot. */
export const DECODER = "language_model.model.";

/** Name of its layers, up to their numbers. */
export const LAYERS: string = `${DECODER}layers.`;

/** The same for its towers, in the order of their channels. */
export const TOWERS: readonly string[] = ["vision_backbone.featurizer.", "vision_backbone.fused_featurizer."];
/** The output matrix, where it is not the word table. */
const HEAD = "language_model.lm_head.weight";

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
  const fused = config["use_fused_vision_backbone"];
  const expected = fused === true ? 2 : 1;
  const present = TOWERS.filter(
    (prefix, index) =>
      index < expected || (fused !== false && checkpoint.info(`${prefix}pos_embed`) !== undefined),
  );
  const towers = present.map((prefix, index) => readTower(config, checkpoint, prefix, index));
  const [first] = towers;
  if (
    first === undefined ||
    towers.some(({ tokens, imageSize }) => tokens !== first.tokens || imageSize !== first.imageSize)
  ) {
    throw invalidConfig(
      "vision towers with the same number of patches",
      towers.map(({ tokens }) => tokens).join(" and "),
    );
  }
  const decoder = readDecoder(config, shapesOf(checkpoint));
  const joined = towers.reduce((sum, { hidden }) => sum + hidden, 0);
  const layers = towers.length === 2 ? 3 : 2; // Prismatic's fused and plain projectors
  const widths = Array.from(
    { length: layers },
    (_, index) => dimsOf(checkpoint, `projector.fc${index + 1}.weight`)[0] ?? 0,
  );
  if (widths.at(-1) !== decoder.hidden)
    throw invalidConfig(`a projector that ends in the decoder's ${decoder.hidden}`, String(widths.at(-1)));
  const text = config["text_config"] as { readonly tie_word_embeddings?: unknown } | undefined;
  const tied = text?.tie_word_embeddings === true;
  if (!tied && checkpoint.info(HEAD) === undefined) throw missingTensor(HEAD);
  return {
    decoder,
    towers,
    imageSize: first.imageSize,
    visionTokens: first.tokens,
    projector: [joined, ...widths],
    head: tied ? `${DECODER}embed_tokens.weight` : HEAD,
  };
}

/**
 * Base of the rotary angles: `rope_theta`, or in transformers 5 `rope_parameters.rope_theta`.
 *
 * @throws `config-invalid` where the two differ, or where positions are scaled
 */
function readTheta(text: Readonly<Record<string, unknown>>): number {
  const given = new Set<unknown>();
  for (const place of [text, text["rope_parameters"], text["rope_scaling"]]) {
    const { rope_theta: theta, rope_type: type } = (place ?? {}) as Readonly<Record<string, unknown>>;
    const kind = type ?? (place === text ? undefined : (place as { type?: unknown } | undefined)?.type);
    if ((kind ?? "default") !== "default")
      throw invalidConfig("text_config with rotary positions that are not scaled", JSON.stringify(place));
    if (theta !== undefined && theta !== null) given.add(theta);
  }
  const [theta = THETA, ...others] = given;
  if (others.length === 0 && typeof theta === "number" && theta > 0) return theta;
  throw invalidConfig(
    "text_config with one rope_theta, a positive number",
    [...given].map((one) => JSON.stringify(one)).join(" and "),
  );
}

/** LlamaConfig's own. */
const THETA = 10_000;

/** What a decoder's sizes are where the config is silent. */
interface DecoderShapes {
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly intermediate: number;
  /** Rows of a key matrix; as many as of a query matrix where absent. */
  readonly keyRows?: number;
}

function shapesOf(checkpoint: TensorSource): DecoderShapes {
  const [vocabulary = 0, hidden = 0] = dimsOf(checkpoint, `${DECODER}embed_tokens.weight`);
  const rows = (name: string): number => dimsOf(checkpoint, `${LAYERS}0.${name}.weight`)[0] ?? 0;
  const layers = layersBelow(checkpoint, LAYERS);
  return {
    vocabulary,
    hidden,
    layers,
    intermediate: rows("mlp.gate_proj"),
    keyRows: rows("self_attn.k_proj"),
  };
}

/** Sizes of the decoder from `text_config`; LlamaConfig's own defaults for what shapes do not tell. */
export function readDecoder(config: CheckpointConfig, shapes: DecoderShapes): DecoderSizes {
  const text = (config["text_config"] ?? {}) as Readonly<Record<string, unknown>>;
  const number = (key: string, otherwise: number): number => {
    const value = text[key] ?? otherwise;
    if (typeof value !== "number" || !(value > 0))
      throw invalidConfig(`text_config.${key}: a positive number`, JSON.stringify(value));
    return value;
  };
  // Computed otherwise, or not at all, in our graphs: better refused than silently wrong.
  for (const [key, only] of [
    ["attention_bias", false],
    ["hidden_act", "silu"],
  ] as const) {
    if ((text[key] ?? only) !== only)
      throw invalidConfig(`text_config with ${key} ${only}`, JSON.stringify(text[key]));
  }
  const hidden = number("hidden_size", shapes.hidden);
  const heads = number("num_attention_heads", 32);
  const headSize = number("head_dim", hidden / heads);
  const sizes = {
    layers: number("num_hidden_layers", shapes.layers),
    hidden,
    intermediate: number("intermediate_size", shapes.intermediate),
    vocabulary: number("vocab_size", shapes.vocabulary),
    heads,
    keyValueHeads: number("num_key_value_heads", (shapes.keyRows ?? heads * headSize) / headSize),
    headSize,
    epsilon: number("rms_norm_eps", 1e-6),
    theta: readTheta(text),
    positions: number("max_position_embeddings", 2048),
  };
  if (!Number.isInteger(headSize) || headSize % 2 !== 0 || heads % sizes.keyValueHeads !== 0) {
    throw invalidConfig(
      "an even head size and query heads that are a multiple of the key/value heads",
      `head size ${headSize}, ${heads} and ${sizes.keyValueHeads} heads`,
    );
  }
  return sizes;
}

import { VlaPrunerError } from "@vla-pruner/errors";
import type { CheckpointConfig, DecoderSizes, TensorSource, TowerSizes } from "@vla-pruner/onnx";
import { readTower } from "./tower-sizes.ts";

/** Name of the decoder's weights in the checkpoint, with a final dot. */
export const DECODER = "language_model.model.";

/** All sizes of an OpenVLA checkpoint. */
export interface OpenVlaSizes {
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
export function readSizes(config: CheckpointConfig, checkpoint: TensorSource): OpenVlaSizes {
  const prefixes = ["vision_backbone.featurizer.", "vision_backbone.fused_featurizer."];
  const present = prefixes.filter((prefix) => checkpoint.info(`${prefix}pos_embed`) !== undefined);
  if (present.length === 0) throw missing("vision_backbone.featurizer.pos_embed");
  const towers = present.map((prefix, index) => readTower(config, checkpoint, prefix, index));
  const [first] = towers;
  if (first === undefined || towers.some(({ tokens, imageSize }) => tokens !== first.tokens || imageSize !== first.imageSize)) {
    throw invalid("vision towers with the same number of patches", towers.map(({ tokens }) => tokens).join(" and "));
  }
  const decoder = readDecoder(config, checkpoint);
  const joined = towers.reduce((sum, { hidden }) => sum + hidden, 0);
  const layers = countUp((index) => `projector.fc${index + 1}.weight`, checkpoint);
  const widths = Array.from({ length: layers }, (_, index) => rows(checkpoint, `projector.fc${index + 1}.weight`));
  if (widths.at(-1) !== decoder.hidden) throw invalid(`a projector that ends in the decoder's ${decoder.hidden}`, String(widths.at(-1)));
  const own = "language_model.lm_head.weight";
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
    if (typeof value !== "number" || !(value > 0)) throw invalid(`text_config.${key}: a positive number`, JSON.stringify(value));
    return value;
  };
  if (text["rope_scaling"] != null) throw invalid("text_config without rope_scaling", JSON.stringify(text["rope_scaling"]));
  const [vocabulary = 0, width = 0] = checkpoint.info(`${DECODER}embed_tokens.weight`)?.dims ?? [];
  if (vocabulary === 0) throw missing(`${DECODER}embed_tokens.weight`);
  const hidden = number("hidden_size", width);
  const heads = number("num_attention_heads", 32);
  const headSize = number("head_dim", hidden / heads);
  const keyValueRows = rows(checkpoint, `${DECODER}layers.0.self_attn.k_proj.weight`);
  const sizes = {
    layers: number("num_hidden_layers", countUp((index) => `${DECODER}layers.${index}.input_layernorm.weight`, checkpoint)),
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
    throw invalid("an even head size and query heads that are a multiple of the key/value heads", `head size ${headSize}, ${heads} and ${sizes.keyValueHeads} heads`);
  }
  return sizes;
}

/** How many names in a row the checkpoint has. */
export function countUp(name: (index: number) => string, checkpoint: TensorSource): number {
  let count = 0;
  while (checkpoint.info(name(count)) !== undefined) count += 1;
  return count;
}

function rows(checkpoint: TensorSource, name: string): number {
  const size = checkpoint.info(name)?.dims[0];
  if (size === undefined) throw missing(name);
  return size;
}

export function missing(name: string): VlaPrunerError {
  return new VlaPrunerError("tensor-missing", {
    expected: `tensor ${name} in the checkpoint`,
    found: "no tensor of that name",
    fix: "check that all shards are there and that this is an OpenVLA checkpoint",
  });
}

export function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("config-invalid", { expected, found, fix: "correct config.json; it does not describe an OpenVLA that can be converted" });
}

import type { DecoderSizes, LayerSizes, SiglipSizes } from "@vla-pruner/onnx/blocks";
import { dimsOf, invalidConfig, layersBelow, missingTensor } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, CutPlan, TensorSource } from "@vla-pruner/onnx/convert";
import type { FloatType } from "@vla-pruner/onnx/graph";
import { readHeads, readVisionHeads } from "./head-counts.ts";

/** Room of the rotary tables: three views of 256 patches, a prompt of 200 tokens, a chunk of 50, and to spare. */
const POSITIONS = 2048;
const PROMPT_ROOM = 512;

/** Where the parts of a π0 lie in its checkpoint; each name ends with a dot unless it is a tensor's. */
export interface Pi0Names {
  readonly vision: string;
  readonly projector: string;
  /** The prefix's decoder. */
  readonly language: string;
  readonly expert: string;
  /** The word table: π0's words are tied, so either of two names may hold it. */
  readonly words: string;
}

/** All sizes of a π0 or π0.5 checkpoint. */
export interface Pi0Sizes {
  /** π0.5: the state is in the prompt, and time modulates the expert's norms. */
  readonly pi05: boolean;
  readonly names: Pi0Names;
  /** The prefix's decoder. */
  readonly decoder: DecoderSizes;
  readonly expert: LayerSizes;
  readonly tower: SiglipSizes;
  /** Side of the square pictures, pixels. */
  readonly imageSize: number;
  readonly horizon: number;
  readonly actionSize: number;
  readonly stateSize: number;
}

/** Everything that the graphs of one model depend on. */
export interface Pi0Plan {
  readonly sizes: Pi0Sizes;
  readonly cut: CutPlan;
  readonly checkpoint: TensorSource;
  readonly floatType: FloatType;
}

/** The same, for graphs that do all Euler steps of a call. */
export interface SteppedPlan extends Pi0Plan {
  readonly steps: number;
}

/** What shapes tell of a checkpoint. */
export interface Pi0Shapes extends Pick<Pi0Sizes, "pi05" | "names" | "horizon" | "actionSize" | "stateSize"> {
  readonly prefix: GemmaShape;
  readonly expert: GemmaShape;
  readonly tower: Omit<SiglipSizes, "prefix" | "heads">;
  readonly vocabulary: number;
}

/** Shape of one Gemma. */
export interface GemmaShape {
  readonly hidden: number;
  readonly layers: number;
  readonly intermediate: number;
}

/** Rows of the suffix: the state, where it is not in the prompt, and the actions. */
export function suffixRows({ pi05, horizon }: Pick<Pi0Sizes, "pi05" | "horizon">): number {
  return pi05 ? horizon : horizon + 1;
}

const PALIGEMMA = "paligemma_with_expert.paligemma.";
const LANGUAGE = `${PALIGEMMA}model.language_model.`;

/** Names as openpi's converter writes them; words lie in the output matrix. */
export const NAMES: Pi0Names = {
  vision: `${PALIGEMMA}model.vision_tower.vision_model.`,
  projector: `${PALIGEMMA}model.multi_modal_projector.linear`,
  language: LANGUAGE,
  expert: "paligemma_with_expert.gemma_expert.model.",
  words: `${PALIGEMMA}lm_head.weight`,
};

/** The other place of the words. */
const OTHER_WORDS = `${LANGUAGE}embed_tokens.weight`;

function readNames(checkpoint: TensorSource): Pi0Names {
  const words = [NAMES.words, OTHER_WORDS].find((name) => checkpoint.info(name) !== undefined);
  if (words !== undefined) return { ...NAMES, words };
  throw missingTensor(
    `${NAMES.words} or ${OTHER_WORDS}`,
    "check that all shards are there and that this is a PyTorch checkpoint of π0 or π0.5 (openpi's converter, or lerobot)",
  );
}

/** Sizes from the tensors' shapes; heads and horizon, which shapes do not tell, from `config.json`. */
export function readSizes(config: CheckpointConfig, checkpoint: TensorSource, horizon: number): Pi0Sizes {
  const names = readNames(checkpoint);
  const { vision } = names;
  if (checkpoint.names.some((name) => name.startsWith("proprio_history_proj")))
    throw invalidConfig("a π0.5 without proprioceptive memory", "a tensor proprio_history_proj");
  const dims = (name: string): readonly number[] => dimsOf(checkpoint, name);
  const gemma = (prefix: string): GemmaShape => {
    const [intermediate = 0, hidden = 0] = dims(`${prefix}layers.0.mlp.gate_proj.weight`);
    return { hidden, layers: layersBelow(checkpoint, `${prefix}layers.`), intermediate };
  };
  const pi05 = ["time_mlp_in.weight", `${names.expert}norm.dense.weight`].some(
    (name) => checkpoint.info(name) !== undefined,
  );
  checkVariant(config, pi05);
  const [actionSize = 0] = dims(`action_out_proj.weight`);
  const [hidden = 0, , patch = 0] = dims(`${vision}embeddings.patch_embedding.weight`);
  const [tokens = 0] = dims(`${vision}embeddings.position_embedding.weight`);
  const [intermediate = 0] = dims(`${vision}encoder.layers.0.mlp.fc1.weight`);
  const layers = layersBelow(checkpoint, `${vision}encoder.layers.`);
  const stateSize = pi05 ? actionSize : (dims(`state_proj.weight`)[1] ?? 0);
  checkWidths(config, { action_dim: actionSize, max_action_dim: actionSize, max_state_dim: stateSize });
  return sizesOf(config, {
    pi05,
    names,
    prefix: gemma(names.language),
    expert: gemma(names.expert),
    tower: { hidden, layers, intermediate, patch, tokens },
    vocabulary: dims(names.words)[0] ?? 0,
    horizon,
    actionSize,
    stateSize,
  });
}

/** What the config calls itself must be what the tensors are. @throws `config-invalid` */
function checkVariant(config: CheckpointConfig, pi05: boolean): void {
  const said: readonly (readonly [string, unknown])[] = [
    ["pi05", config["pi05"] === undefined ? undefined : config["pi05"] === true],
    ...["type", "model_type"].map(
      (key) => [key, typeof config[key] === "string" ? config[key] === "pi05" : undefined] as const,
    ),
  ];
  const other = said.find(([, value]) => value !== undefined && value !== pi05);
  if (other === undefined) return;
  throw invalidConfig(
    `${other[0]} of a ${pi05 ? "π0.5" : "π0"}, as the tensors are (${pi05 ? "time modulates the expert's norms" : "a state token and plain norms"})`,
    JSON.stringify(config[other[0]]),
  );
}

/** Widths that the config states must be the tensors'. @throws `config-invalid` */
function checkWidths(config: CheckpointConfig, widths: Readonly<Record<string, number>>): void {
  for (const [key, width] of Object.entries(widths)) {
    const said = config[key] ?? width;
    if (said !== width) throw invalidConfig(`${key} ${width}, as the tensors have it`, JSON.stringify(said));
  }
}

/**
 * Adds to the shapes what only the config tells.
 *
 * @throws `config-invalid`
 */
export function sizesOf(config: CheckpointConfig, shapes: Pi0Shapes): Pi0Sizes {
  const { prefix, expert, tower, vocabulary, ...rest } = shapes;
  const heads = readHeads(config);
  const gemma = { ...heads, epsilon: 1e-6, activation: "gelu-tanh", normPlus: 1 } as const;
  if (expert.layers !== prefix.layers || prefix.layers < 2) {
    throw invalidConfig(
      "as many layers in the expert as in the prefix, two at least",
      `${expert.layers} and ${prefix.layers}`,
    );
  }
  const side = Math.round(Math.sqrt(tower.tokens));
  for (const key of ["image_resolution", "resize_imgs_with_padding"]) {
    const square = JSON.stringify([tower.patch * side, tower.patch * side]);
    if (config[key] !== undefined && config[key] !== null && JSON.stringify(config[key]) !== square)
      throw invalidConfig(`${key} ${square}, as the vision tower has it`, JSON.stringify(config[key]));
  }
  if (side ** 2 !== tower.tokens) throw invalidConfig("a square number of patches", String(tower.tokens));
  const positions = Math.max(POSITIONS, 3 * tower.tokens + PROMPT_ROOM + rest.horizon + 1);
  return {
    ...rest,
    decoder: { ...gemma, ...prefix, vocabulary, theta: 10_000, positions },
    expert: { ...gemma, hidden: expert.hidden, intermediate: expert.intermediate },
    tower: { ...tower, prefix: rest.names.vision, heads: readVisionHeads(config, tower.hidden) },
    imageSize: tower.patch * side,
  };
}

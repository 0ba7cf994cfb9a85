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
  /** Before the projections in and out of the expert: empty, or `model.` in lerobot's files. */
  readonly root: string;
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

/** Names as openpi's converter writes them, or below lerobot's `model.`, in the order of where words may lie. */
export function namesBelow(root: string): Pi0Names & { readonly otherWords: string } {
  const paligemma = `${root}paligemma_with_expert.paligemma.`;
  const language = `${paligemma}model.language_model.`;
  return {
    root,
    vision: `${paligemma}model.vision_tower.vision_model.`,
    projector: `${paligemma}model.multi_modal_projector.linear`,
    language,
    expert: `${root}paligemma_with_expert.gemma_expert.model.`,
    words: `${paligemma}lm_head.weight`,
    otherWords: `${language}embed_tokens.weight`,
  };
}

function readNames(checkpoint: TensorSource): Pi0Names {
  const root = checkpoint.info("model.action_in_proj.weight") === undefined ? "" : "model.";
  const { otherWords, ...names } = namesBelow(root);
  const words = [names.words, otherWords].find((name) => checkpoint.info(name) !== undefined);
  if (words !== undefined) return { ...names, words };
  throw missingTensor(
    `${names.words} or ${otherWords}`,
    "check that all shards are there and that this is a PyTorch checkpoint of π0 or π0.5 (openpi's converter, or lerobot)",
  );
}

/** Sizes from the tensors' shapes; heads and horizon, which shapes do not tell, from `config.json`. */
export function readSizes(config: CheckpointConfig, checkpoint: TensorSource, horizon: number): Pi0Sizes {
  const names = readNames(checkpoint);
  const { root, vision } = names;
  if (checkpoint.names.some((name) => name.startsWith(`${root}proprio_history_proj`))) {
    throw invalidConfig("a π0.5 without proprioceptive memory", "a tensor proprio_history_proj");
  }
  const dims = (name: string): readonly number[] => dimsOf(checkpoint, name);
  const gemma = (prefix: string): GemmaShape => {
    const [intermediate = 0, hidden = 0] = dims(`${prefix}layers.0.mlp.gate_proj.weight`);
    return { hidden, layers: layersBelow(checkpoint, `${prefix}layers.`), intermediate };
  };
  const pi05 = checkpoint.info(`${root}time_mlp_in.weight`) !== undefined;
  const [actionSize = 0] = dims(`${root}action_out_proj.weight`);
  const [hidden = 0, , patch = 0] = dims(`${vision}embeddings.patch_embedding.weight`);
  const [tokens = 0] = dims(`${vision}embeddings.position_embedding.weight`);
  const [intermediate = 0] = dims(`${vision}encoder.layers.0.mlp.fc1.weight`);
  const layers = layersBelow(checkpoint, `${vision}encoder.layers.`);
  return sizesOf(config, {
    pi05,
    names,
    prefix: gemma(names.language),
    expert: gemma(names.expert),
    tower: { hidden, layers, intermediate, patch, tokens },
    vocabulary: dims(names.words)[0] ?? 0,
    horizon,
    actionSize,
    stateSize: pi05 ? actionSize : (dims(`${root}state_proj.weight`)[1] ?? 0),
  });
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

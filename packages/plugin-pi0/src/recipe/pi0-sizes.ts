import type { DecoderSizes, LayerSizes, SiglipSizes } from "@vla-pruner/onnx/blocks";
import type { CheckpointConfig, TensorSource } from "@vla-pruner/onnx/convert";
import { invalid, missing } from "./fail.ts";
import { readHeads, readVisionHeads } from "./head-counts.ts";
import { readNames } from "./pi0-names.ts";
import type { Pi0Names } from "./pi0-names.ts";

/** Room of the rotary tables: three views of 256 patches, a prompt of 200 tokens, a chunk of 50, and to spare. */
const POSITIONS = 2048;
const PROMPT_ROOM = 512;

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

/** Rows of the suffix: the state, where it is not in the prompt, and the actions. */
export function suffixRows({ pi05, horizon }: Pick<Pi0Sizes, "pi05" | "horizon">): number {
  return pi05 ? horizon : horizon + 1;
}

/** Sizes from the tensors' shapes; heads and horizon, which shapes do not tell, from `config.json`. */
export function readSizes(config: CheckpointConfig, checkpoint: TensorSource, horizon: number): Pi0Sizes {
  const names = readNames(checkpoint);
  if (checkpoint.names.some((name) => name.startsWith(`${names.root}proprio_history_proj`))) {
    throw invalid("a π0.5 without proprioceptive memory", "a tensor proprio_history_proj");
  }
  const dims = (name: string): readonly number[] => {
    const info = checkpoint.info(name);
    if (info === undefined) throw missing(name);
    return info.dims;
  };
  const pi05 = checkpoint.info(`${names.root}time_mlp_in.weight`) !== undefined;
  const heads = readHeads(config);
  const layerSizes = (prefix: string): LayerSizes & { layers: number } => {
    const [intermediate = 0, hidden = 0] = dims(`${prefix}layers.0.mlp.gate_proj.weight`);
    const layers = countUp((layer) => `${prefix}layers.${layer}.self_attn.k_proj.weight`, checkpoint);
    return { ...heads, layers, hidden, intermediate, epsilon: 1e-6, activation: "gelu-tanh", normPlus: 1 };
  };
  const prefix = layerSizes(names.language);
  const { layers: expertLayers, ...expert } = layerSizes(names.expert);
  if (expertLayers !== prefix.layers || prefix.layers < 2) {
    throw invalid(
      "as many layers in the expert as in the prefix, two at least",
      `${expertLayers} and ${prefix.layers}`,
    );
  }
  const [actionSize = 0] = dims(`${names.root}action_out_proj.weight`);
  const tower = readTower(config, names, dims, checkpoint);
  const vision = 3 * tower.tokens;
  const [vocabulary = 0] = dims(names.words);
  const positions = Math.max(POSITIONS, vision + PROMPT_ROOM + horizon + 1);
  return {
    pi05,
    names,
    decoder: { ...prefix, vocabulary, theta: 10_000, positions },
    expert,
    tower,
    imageSize: tower.patch * Math.round(Math.sqrt(tower.tokens)),
    horizon,
    actionSize,
    stateSize: pi05 ? actionSize : (dims(`${names.root}state_proj.weight`)[1] ?? 0),
  };
}

function readTower(
  config: CheckpointConfig,
  { vision }: Pi0Names,
  dims: (name: string) => readonly number[],
  checkpoint: TensorSource,
): SiglipSizes {
  const [hidden = 0, , patch = 0] = dims(`${vision}embeddings.patch_embedding.weight`);
  const [tokens = 0] = dims(`${vision}embeddings.position_embedding.weight`);
  if (Math.round(Math.sqrt(tokens)) ** 2 !== tokens)
    throw invalid("a square number of patches", String(tokens));
  return {
    prefix: vision,
    hidden,
    heads: readVisionHeads(config, hidden),
    intermediate: dims(`${vision}encoder.layers.0.mlp.fc1.weight`)[0] ?? 0,
    layers: countUp((layer) => `${vision}encoder.layers.${layer}.layer_norm1.weight`, checkpoint),
    patch,
    tokens,
  };
}

/** How many names in a row the checkpoint has. */
function countUp(name: (index: number) => string, checkpoint: TensorSource): number {
  let count = 0;
  while (checkpoint.info(name(count)) !== undefined) count += 1;
  return count;
}

import type { CheckpointConfig, SyntheticTensor } from "@vla-pruner/onnx/convert";
import { readHeads } from "./head-counts.ts";

/** Sizes of one Gemma, as `prefix` and `expert` in a config for `--synthetic` may give them. */
export interface SyntheticGemma {
  readonly width: number;
  readonly layers: number;
  readonly intermediate: number;
}

/** Sizes of a tower, as `vision_tower` in a config for `--synthetic` may give them. */
export interface SyntheticTower {
  readonly width: number;
  readonly layers: number;
  readonly intermediate: number;
  readonly patch: number;
  readonly side: number;
}

const GEMMA_2B: SyntheticGemma = { width: 2048, layers: 18, intermediate: 16_384 };
const GEMMA_300M: SyntheticGemma = { width: 1024, layers: 18, intermediate: 4096 };
const SO400M: SyntheticTower = { width: 1152, layers: 27, intermediate: 4304, patch: 14, side: 224 };
const VOCABULARY = 257_152;
const PALIGEMMA = "paligemma_with_expert.paligemma.";
const EXPERT = "paligemma_with_expert.gemma_expert.model.";

type Tensors = Map<string, SyntheticTensor>;

/** Every tensor of a π0 or π0.5 of this config that the graphs read, with values that keep activations in range. */
export function syntheticTensors(config: CheckpointConfig): ReadonlyMap<string, SyntheticTensor> {
  const tensors: Tensors = new Map();
  const prefix = { ...GEMMA_2B, ...(config["prefix"] as Partial<SyntheticGemma> | undefined) };
  const expert = { ...GEMMA_300M, ...(config["expert"] as Partial<SyntheticGemma> | undefined) };
  const tower = { ...SO400M, ...(config["vision_tower"] as Partial<SyntheticTower> | undefined) };
  const pi05 = config["model_type"] === "pi05" || config["pi05"] === true;
  const words = typeof config["vocab_size"] === "number" ? config["vocab_size"] : VOCABULARY;
  const actions = typeof config["action_dim"] === "number" ? config["action_dim"] : 32;
  tensors.set(`${PALIGEMMA}lm_head.weight`, { dims: [words, prefix.width] });
  addTower(tensors, tower);
  addLinear(tensors, `${PALIGEMMA}model.multi_modal_projector.linear`, prefix.width, tower.width);
  addGemma(tensors, `${PALIGEMMA}model.language_model.`, prefix, config, undefined);
  addGemma(tensors, EXPERT, expert, config, pi05 ? expert.width : undefined);
  addLinear(tensors, "action_in_proj", expert.width, actions);
  addLinear(tensors, "action_out_proj", actions, expert.width);
  const time = pi05 ? "time_mlp" : "action_time_mlp";
  addLinear(tensors, `${time}_in`, expert.width, (pi05 ? 1 : 2) * expert.width);
  addLinear(tensors, `${time}_out`, expert.width, expert.width);
  if (!pi05) addLinear(tensors, "state_proj", expert.width, actions);
  return tensors;
}

function addTower(tensors: Tensors, { width, layers, intermediate, patch, side }: SyntheticTower): void {
  const tower = `${PALIGEMMA}model.vision_tower.vision_model.`;
  tensors.set(`${tower}embeddings.patch_embedding.weight`, { dims: [width, 3, patch, patch] });
  tensors.set(`${tower}embeddings.patch_embedding.bias`, { dims: [width] });
  tensors.set(`${tower}embeddings.position_embedding.weight`, {
    dims: [Math.floor(side / patch) ** 2, width],
    deviation: 0.5,
  });
  for (let layer = 0; layer < layers; layer += 1) {
    const block = `${tower}encoder.layers.${layer}.`;
    for (const norm of ["layer_norm1", "layer_norm2"]) addNorm(tensors, `${block}${norm}`, width);
    for (const part of ["q_proj", "k_proj", "v_proj", "out_proj"])
      addLinear(tensors, `${block}self_attn.${part}`, width, width);
    addLinear(tensors, `${block}mlp.fc1`, intermediate, width);
    addLinear(tensors, `${block}mlp.fc2`, width, intermediate);
  }
  addNorm(tensors, `${tower}post_layernorm`, width);
}

/** @param condition width of what modulates the norms (π0.5's expert); none for plain ones */
function addGemma(
  tensors: Tensors,
  prefix: string,
  { width, layers, intermediate }: SyntheticGemma,
  config: CheckpointConfig,
  condition: number | undefined,
): void {
  const { heads, keyValueHeads, headSize } = readHeads(config);
  const matrix = (name: string, out: number, input: number): void =>
    void tensors.set(`${prefix}${name}.weight`, { dims: [out, input] });
  const norm = (name: string): void => {
    if (condition === undefined) tensors.set(`${prefix}${name}.weight`, { dims: [width], deviation: 0.1 });
    else addLinear(tensors, `${prefix}${name}.dense`, 3 * width, condition);
  };
  for (let layer = 0; layer < layers; layer += 1) {
    const block = `layers.${layer}.`;
    matrix(`${block}self_attn.q_proj`, heads * headSize, width);
    matrix(`${block}self_attn.k_proj`, keyValueHeads * headSize, width);
    matrix(`${block}self_attn.v_proj`, keyValueHeads * headSize, width);
    matrix(`${block}self_attn.o_proj`, width, heads * headSize);
    matrix(`${block}mlp.gate_proj`, intermediate, width);
    matrix(`${block}mlp.up_proj`, intermediate, width);
    matrix(`${block}mlp.down_proj`, width, intermediate);
    for (const name of ["input_layernorm", "post_attention_layernorm"]) norm(`${block}${name}`);
  }
  norm("norm");
}

function addLinear(tensors: Tensors, name: string, out: number, input: number): void {
  tensors.set(`${name}.weight`, { dims: [out, input] });
  tensors.set(`${name}.bias`, { dims: [out] });
}

function addNorm(tensors: Tensors, name: string, size: number): void {
  tensors.set(`${name}.weight`, { dims: [size], mean: 1, deviation: 0.1 });
  tensors.set(`${name}.bias`, { dims: [size] });
}

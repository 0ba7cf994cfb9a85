import type { CheckpointConfig, SyntheticTensor } from "@vla-pruner/onnx/convert";
import { toySizes } from "./toy-sizes.ts";

/** Names and shapes of all tensors of a toy checkpoint: those that the blocks ask for, and the toy's own. */
export function toyTensors(config: CheckpointConfig): ReadonlyMap<string, SyntheticTensor> {
  const { tower, decoder, chunk, action } = toySizes(config);
  const tensors = new Map<string, SyntheticTensor>();
  const matrix = (name: string, out: number, input: number): void => {
    tensors.set(`${name}.weight`, { dims: [out, input] });
  };
  const linear = (name: string, out: number, input: number): void => {
    matrix(name, out, input);
    tensors.set(`${name}.bias`, { dims: [out] });
  };
  const norm = (name: string, size: number): void => {
    tensors.set(`${name}.weight`, { dims: [size], mean: 1, deviation: 0.1 });
  };

  const { hidden: wide, patch, tokens } = tower;
  tensors.set("vision.embeddings.patch_embedding.weight", { dims: [wide, 3, patch, patch] });
  tensors.set("vision.embeddings.patch_embedding.bias", { dims: [wide] });
  tensors.set("vision.embeddings.position_embedding.weight", { dims: [tokens, wide], deviation: 0.5 });
  for (let layer = 0; layer < tower.layers; layer += 1) {
    const block = `vision.encoder.layers.${layer}`;
    for (const name of ["layer_norm1", "layer_norm2"]) {
      norm(`${block}.${name}`, wide);
      tensors.set(`${block}.${name}.bias`, { dims: [wide] });
    }
    for (const name of ["q_proj", "k_proj", "v_proj", "out_proj"])
      linear(`${block}.self_attn.${name}`, wide, wide);
    linear(`${block}.mlp.fc1`, tower.intermediate, wide);
    linear(`${block}.mlp.fc2`, wide, tower.intermediate);
  }
  norm("vision.post_layernorm", wide);
  tensors.set("vision.post_layernorm.bias", { dims: [wide] });

  const { hidden, intermediate, heads, keyValueHeads, headSize } = decoder;
  linear("connector", hidden, wide);
  tensors.set("decoder.embed_tokens.weight", { dims: [decoder.vocabulary, hidden], deviation: 0.5 });
  tensors.set("action_queries", { dims: [chunk, hidden], deviation: 0.5 });
  for (let layer = 0; layer < decoder.layers; layer += 1) {
    const block = `decoder.layers.${layer}`;
    matrix(`${block}.self_attn.q_proj`, heads * headSize, hidden);
    for (const name of ["k_proj", "v_proj"])
      matrix(`${block}.self_attn.${name}`, keyValueHeads * headSize, hidden);
    matrix(`${block}.self_attn.o_proj`, hidden, heads * headSize);
    for (const name of ["gate_proj", "up_proj"]) matrix(`${block}.mlp.${name}`, intermediate, hidden);
    matrix(`${block}.mlp.down_proj`, hidden, intermediate);
    for (const name of ["input_layernorm", "post_attention_layernorm"]) norm(`${block}.${name}`, hidden);
  }
  norm("decoder.norm", hidden);
  linear("action_head", action, hidden);
  return tensors;
}

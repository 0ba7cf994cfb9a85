import type { CheckpointConfig, SyntheticTensor } from "@vla-pruner/onnx/convert";

/** Sizes of the timm towers, by the beginning of their id. */
const TOWERS: Readonly<Record<string, SyntheticTower>> = {
  vit_large_patch14_reg4_dinov2: {
    hidden: 1024,
    layers: 24,
    intermediate: 4096,
    patch: 14,
    class_token: true,
    registers: 4,
    layer_scale: true,
  },
  vit_so400m_patch14_siglip: {
    hidden: 1152,
    layers: 27,
    intermediate: 4304,
    patch: 14,
    class_token: false,
    registers: 0,
    layer_scale: false,
  },
};

/** A tower's sizes, as `vision_towers` in a config for `--synthetic` may give them. */
export interface SyntheticTower {
  readonly hidden: number;
  readonly layers: number;
  readonly intermediate: number;
  readonly patch: number;
  readonly class_token: boolean;
  readonly registers: number;
  readonly layer_scale: boolean;
}

/** Every tensor of an OpenVLA checkpoint of this config, with values that keep activations in range. */
export function syntheticTensors(config: CheckpointConfig): ReadonlyMap<string, SyntheticTensor> {
  const text = (config["text_config"] ?? {}) as Readonly<Record<string, number | undefined>>;
  const hidden = text["hidden_size"] ?? 4096;
  const tensors = new Map<string, SyntheticTensor>();
  const prefixes = ["vision_backbone.featurizer.", "vision_backbone.fused_featurizer."];
  const towers = towersOf(config);
  const imageSizes = (config["image_sizes"] ?? []) as readonly number[];
  for (const [index, tower] of towers.entries())
    addTower(tensors, prefixes[index] ?? "", tower, imageSizes[index] ?? 224);
  addProjector(
    tensors,
    towers.reduce((sum, tower) => sum + tower.hidden, 0),
    hidden,
    towers.length > 1,
  );
  addDecoder(tensors, text, hidden);
  return tensors;
}

function towersOf(config: CheckpointConfig): SyntheticTower[] {
  const given = config["vision_towers"];
  if (Array.isArray(given)) return given as SyntheticTower[];
  const ids = (config["timm_model_ids"] ?? Object.keys(TOWERS)) as readonly string[];
  return ids.flatMap((id) =>
    Object.entries(TOWERS).flatMap(([name, tower]) => (id.startsWith(name) ? [tower] : [])),
  );
}

function addTower(
  tensors: Map<string, SyntheticTensor>,
  prefix: string,
  tower: SyntheticTower,
  imageSize: number,
): void {
  const { hidden, intermediate, patch } = tower;
  const tokens = Math.floor(imageSize / patch) ** 2;
  tensors.set(`${prefix}patch_embed.proj.weight`, { dims: [hidden, 3, patch, patch] });
  tensors.set(`${prefix}patch_embed.proj.bias`, { dims: [hidden] });
  tensors.set(`${prefix}pos_embed`, { dims: [1, tokens, hidden], deviation: 0.5 });
  if (tower.class_token) tensors.set(`${prefix}cls_token`, { dims: [1, 1, hidden], deviation: 0.5 });
  if (tower.registers > 0)
    tensors.set(`${prefix}reg_token`, { dims: [1, tower.registers, hidden], deviation: 0.5 });
  for (let layer = 0; layer < tower.layers; layer += 1) {
    const block = `${prefix}blocks.${layer}.`;
    for (const norm of ["norm1", "norm2"]) addNorm(tensors, `${block}${norm}`, hidden);
    addLinear(tensors, `${block}attn.qkv`, 3 * hidden, hidden);
    addLinear(tensors, `${block}attn.proj`, hidden, hidden);
    addLinear(tensors, `${block}mlp.fc1`, intermediate, hidden);
    addLinear(tensors, `${block}mlp.fc2`, hidden, intermediate);
    if (!tower.layer_scale) continue;
    for (const scale of ["ls1", "ls2"])
      tensors.set(`${block}${scale}.scale_factor`, { dims: [hidden], mean: 0.5, deviation: 0.1 });
  }
  addNorm(tensors, `${prefix}norm`, hidden);
}

function addProjector(
  tensors: Map<string, SyntheticTensor>,
  vision: number,
  hidden: number,
  fused: boolean,
): void {
  const sizes = fused ? [vision, 4 * vision, hidden, hidden] : [vision, hidden, hidden];
  for (let index = 1; index < sizes.length; index += 1)
    addLinear(tensors, `projector.fc${index}`, sizes[index] ?? 0, sizes[index - 1] ?? 0);
}

function addDecoder(
  tensors: Map<string, SyntheticTensor>,
  text: Readonly<Record<string, number | undefined>>,
  hidden: number,
): void {
  const heads = text["num_attention_heads"] ?? 32;
  const headSize = text["head_dim"] ?? hidden / heads;
  const keyValue = (text["num_key_value_heads"] ?? heads) * headSize;
  const intermediate = text["intermediate_size"] ?? 11_008;
  const vocabulary = text["vocab_size"] ?? 32_064;
  const matrix = (name: string, out: number, input: number, deviation?: number): void => {
    tensors.set(`language_model.${name}.weight`, {
      dims: [out, input],
      ...(deviation !== undefined && { deviation }),
    });
  };
  matrix("model.embed_tokens", vocabulary, hidden, 0.5);
  for (let layer = 0; layer < (text["num_hidden_layers"] ?? 32); layer += 1) {
    const block = `model.layers.${layer}`;
    matrix(`${block}.self_attn.q_proj`, heads * headSize, hidden);
    matrix(`${block}.self_attn.k_proj`, keyValue, hidden);
    matrix(`${block}.self_attn.v_proj`, keyValue, hidden);
    matrix(`${block}.self_attn.o_proj`, hidden, heads * headSize);
    matrix(`${block}.mlp.gate_proj`, intermediate, hidden);
    matrix(`${block}.mlp.up_proj`, intermediate, hidden);
    matrix(`${block}.mlp.down_proj`, hidden, intermediate);
    for (const norm of ["input_layernorm", "post_attention_layernorm"]) {
      tensors.set(`language_model.${block}.${norm}.weight`, { dims: [hidden], mean: 1, deviation: 0.1 });
    }
  }
  tensors.set("language_model.model.norm.weight", { dims: [hidden], mean: 1, deviation: 0.1 });
  matrix("lm_head", vocabulary, hidden);
}

function addLinear(tensors: Map<string, SyntheticTensor>, name: string, out: number, input: number): void {
  tensors.set(`${name}.weight`, { dims: [out, input] });
  tensors.set(`${name}.bias`, { dims: [out] });
}

function addNorm(tensors: Map<string, SyntheticTensor>, name: string, size: number): void {
  tensors.set(`${name}.weight`, { dims: [size], mean: 1, deviation: 0.1 });
  tensors.set(`${name}.bias`, { dims: [size] });
}

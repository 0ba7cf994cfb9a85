import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { encoderLayers } from "./biased-layer.ts";
import type { BiasedLayerNames } from "./biased-layer.ts";
import { layerNorm } from "./norms.ts";
import { patchEmbedding } from "./patch-embedding.ts";
import { rawTensor, TABLE } from "./raw-tensor.ts";

/** Sizes of a SigLIP tower under the names of Hugging Face's `SiglipVisionModel`. */
export interface SiglipSizes {
  /** Name of the tower in the checkpoint, with a final dot. */
  readonly prefix: string;
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly layers: number;
  readonly patch: number;
  /** Patches per view. */
  readonly tokens: number;
}

const EPSILON = 1e-6;

const NAMES: BiasedLayerNames = {
  norms: ["layer_norm1", "layer_norm2"],
  qkv: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  output: "self_attn.out_proj",
  mlp: ["mlp.fc1", "mlp.fc2"],
};

/**
 * A SigLIP vision tower with its final norm: pixels `[views, 3, side, side]` → patches
 * `[views, tokens, hidden]`. The number of views is free at run time.
 */
export function siglipTower(graph: GraphBuilder, pixels: Value, tower: SiglipSizes): Value {
  const { prefix, hidden, heads, intermediate, patch, tokens } = tower;
  const headSize = hidden / heads;
  const sizes = { hidden, heads, keyValueHeads: heads, headSize, intermediate, epsilon: EPSILON } as const;
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const patches = patchEmbedding(graph, pixels, `${prefix}embeddings.patch_embedding`, hidden, patch);
    const table = `${prefix}embeddings.position_embedding.weight`;
    const x = graph.node("Add", [patches, rawTensor(graph, table, [tokens, hidden], TABLE)]);
    const layers = Array.from({ length: tower.layers }, (_, layer) => `${prefix}encoder.layers.${layer}.`);
    const made = encoderLayers(graph, x, layers, NAMES, { ...sizes, activation: "gelu-tanh" });
    return layerNorm(graph, made, `${prefix}post_layernorm`, hidden, EPSILON);
  });
}

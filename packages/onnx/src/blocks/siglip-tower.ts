import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activate } from "./activations.ts";
import { fullAttention } from "./attention.ts";
import { linear, split, vector } from "./linear.ts";
import { layerNorm } from "./norms.ts";
import { reshape, transpose } from "./shapes.ts";

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

/**
 * A SigLIP vision tower with its final norm: pixels `[views, 3, side, side]` → patches
 * `[views, tokens, hidden]`. The number of views is free at run time.
 */
export function siglipTower(graph: GraphBuilder, pixels: Value, sizes: SiglipSizes): Value {
  return graph.scope(sizes.prefix.replace(/\.$/, ""), () => {
    let x = embedPatches(graph, pixels, sizes);
    for (let layer = 0; layer < sizes.layers; layer += 1) {
      x = encoderLayer(graph, x, `${sizes.prefix}encoder.layers.${layer}.`, sizes);
    }
    return layerNorm(graph, x, `${sizes.prefix}post_layernorm`, sizes.hidden, EPSILON);
  });
}

function embedPatches(
  graph: GraphBuilder,
  pixels: Value,
  { prefix, hidden, patch, tokens }: SiglipSizes,
): Value {
  const name = `${prefix}embeddings.patch_embedding`;
  const kernel = copied(graph, `${name}.weight`, [hidden, 3, patch, patch]);
  const bias = vector(graph, [`${name}.bias`], [hidden]);
  const map = graph.node("Conv", [pixels, kernel, bias], {
    attributes: { strides: { ints: [patch, patch] } },
  });
  const patches = transpose(graph, reshape(graph, map, 0, hidden, -1), 0, 2, 1);
  return graph.node("Add", [
    patches,
    copied(graph, `${prefix}embeddings.position_embedding.weight`, [tokens, hidden]),
  ]);
}

function encoderLayer(graph: GraphBuilder, x: Value, prefix: string, sizes: SiglipSizes): Value {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { hidden, heads, intermediate } = sizes;
    const project = (value: Value, names: readonly string[], input: number, output: number): Value =>
      linear(graph, value, {
        weights: names.map((name) => `${prefix}${name}.weight`),
        biases: names.map((name) => `${prefix}${name}.bias`),
        input,
        outputs: names.map(() => output),
      });

    const inputs = ["q_proj", "k_proj", "v_proj"].map((name) => `self_attn.${name}`);
    const qkv = project(layerNorm(graph, x, `${prefix}layer_norm1`, hidden, EPSILON), inputs, hidden, hidden);
    const [query = "", key = "", value = ""] = split(graph, qkv, [hidden, hidden, hidden]);
    const attended = fullAttention(graph, query, key, value, heads, hidden / heads);
    const middle = graph.node("Add", [x, project(attended, ["self_attn.out_proj"], hidden, hidden)]);

    const inner = project(
      layerNorm(graph, middle, `${prefix}layer_norm2`, hidden, EPSILON),
      ["mlp.fc1"],
      hidden,
      intermediate,
    );
    const outer = project(activate(graph, inner, "gelu-tanh"), ["mlp.fc2"], intermediate, hidden);
    return graph.node("Add", [middle, outer]);
  });
}

function copied(graph: GraphBuilder, name: string, dims: readonly number[]): Value {
  return graph.weight(name, {
    kind: "copied",
    tensors: [name],
    dims: graph.expectTensor(name, dims),
    plus: 0,
  });
}

import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { activate } from "./activations.ts";
import type { Activation } from "./activations.ts";
import { fullAttention } from "./attention.ts";
import { linear, split, vector } from "./linear.ts";
import { layerNorm } from "./norms.ts";
import { concat, reshape, slice, transpose } from "./shapes.ts";

/** Sizes of a timm vision transformer. */
export interface TowerSizes {
  /** Name of the tower in the checkpoint, with a final dot. */
  readonly prefix: string;
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  /** Blocks that run; a recipe may leave out the last ones. */
  readonly blocks: number;
  readonly patch: number;
  /** Patches per view. */
  readonly tokens: number;
  /** Class and register tokens in front of the patches, as checkpoint tensors `[1, n, hidden]` with their `n`. */
  readonly prefixTokens: readonly { readonly name: string; readonly count: number }[];
  /** Whether the position table covers the prefix tokens too. */
  readonly positionsCoverPrefix: boolean;
  readonly layerScale: boolean;
  readonly activation: Activation;
}

const EPSILON = 1e-6;

/** What a block does with its rows between attention and MLP; `prefix` names the block, with a final dot. */
export type BlockModulation = (rows: Value, prefix: string) => Value;

/**
 * A vision tower without its final norm: pixels `[views, 3, side, side]` → patches `[views, tokens, hidden]`.
 *
 * @param modulate for towers that language steers (FiLM)
 */
export function visionTower(
  graph: GraphBuilder,
  pixels: Value,
  tower: TowerSizes,
  views: number,
  modulate: BlockModulation = (rows) => rows,
): Value {
  return graph.scope(tower.prefix.replace(/\.$/, ""), () => {
    let x = embedPatches(graph, pixels, tower, views);
    for (let block = 0; block < tower.blocks; block += 1)
      x = visionBlock(graph, x, `${tower.prefix}blocks.${block}.`, tower, modulate);
    const skipped = tower.prefixTokens.reduce((sum, { count }) => sum + count, 0);
    return skipped === 0
      ? x
      : slice(graph, x, graph.constants.ints(skipped), graph.constants.ints(2 ** 31), 1);
  });
}

function embedPatches(graph: GraphBuilder, pixels: Value, tower: TowerSizes, views: number): Value {
  const { prefix, hidden, patch, tokens, prefixTokens, positionsCoverPrefix } = tower;
  const kernel = copied(graph, `${prefix}patch_embed.proj.weight`, [hidden, 3, patch, patch]);
  const bias = vector(graph, [`${prefix}patch_embed.proj.bias`], [hidden]);
  const map = graph.node("Conv", [pixels, kernel, bias], {
    attributes: { strides: { ints: [patch, patch] } },
  });
  const patches = transpose(graph, reshape(graph, map, 0, hidden, -1), 0, 2, 1);
  const skipped = prefixTokens.reduce((sum, { count }) => sum + count, 0);
  const rows = positionsCoverPrefix ? tokens + skipped : tokens;
  const positions = copied(graph, `${prefix}pos_embed`, [1, rows, hidden]);
  const front = prefixTokens.map(({ name, count }) => {
    const token = copied(graph, name, [1, count, hidden]);
    return views === 1 ? token : graph.node("Expand", [token, graph.constants.ints(views, count, hidden)]);
  });
  if (positionsCoverPrefix) return graph.node("Add", [concat(graph, [...front, patches], 1), positions]);
  const placed = graph.node("Add", [patches, positions]);
  return front.length === 0 ? placed : concat(graph, [...front, placed], 1);
}

function visionBlock(
  graph: GraphBuilder,
  x: Value,
  prefix: string,
  tower: TowerSizes,
  modulate: BlockModulation,
): Value {
  return graph.scope(prefix.replace(/\.$/, ""), () => {
    const { hidden, heads, intermediate, activation } = tower;
    const scaled = (value: Value, name: string): Value =>
      tower.layerScale
        ? graph.node("Mul", [value, vector(graph, [`${prefix}${name}.scale_factor`], [hidden])])
        : value;
    const project = (value: Value, name: string, input: number, output: number): Value =>
      linear(graph, value, {
        weights: [`${prefix}${name}.weight`],
        biases: [`${prefix}${name}.bias`],
        input,
        outputs: [output],
      });

    const qkv = project(
      layerNorm(graph, x, `${prefix}norm1`, hidden, EPSILON),
      "attn.qkv",
      hidden,
      3 * hidden,
    );
    const [query = "", key = "", value = ""] = split(graph, qkv, [hidden, hidden, hidden]);
    const attended = fullAttention(graph, query, key, value, heads, hidden / heads);
    const added = graph.node("Add", [x, scaled(project(attended, "attn.proj", hidden, hidden), "ls1")]);
    const middle = modulate(added, prefix);

    const inner = project(
      layerNorm(graph, middle, `${prefix}norm2`, hidden, EPSILON),
      "mlp.fc1",
      hidden,
      intermediate,
    );
    const outer = project(activate(graph, inner, activation), "mlp.fc2", intermediate, hidden);
    return graph.node("Add", [middle, scaled(outer, "ls2")]);
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

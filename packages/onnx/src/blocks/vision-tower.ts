import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { Activation } from "./activations.ts";
import { encoderLayers } from "./biased-layer.ts";
import type { BiasedLayerNames } from "./biased-layer.ts";
import { patchEmbedding } from "./patch-embedding.ts";
import { rawTensor, TABLE } from "./raw-tensor.ts";
import { concat, END, slice } from "./shapes.ts";

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

const NAMES: BiasedLayerNames = {
  norms: ["norm1", "norm2"],
  qkv: ["attn.qkv"],
  output: "attn.proj",
  mlp: ["mlp.fc1", "mlp.fc2"],
};
const SCALES = ["ls1.scale_factor", "ls2.scale_factor"] as const;

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
  modulate?: BlockModulation,
): Value {
  return graph.scope(tower.prefix.replace(/\.$/, ""), () => {
    const { prefix, heads, hidden, layerScale } = tower;
    const blocks = Array.from({ length: tower.blocks }, (_, block) => `${prefix}blocks.${block}.`);
    const names = layerScale ? { ...NAMES, scales: SCALES } : NAMES;
    const sizes = { ...tower, keyValueHeads: heads, headSize: hidden / heads, epsilon: EPSILON };
    const embedded = embedPatches(graph, pixels, tower, views);
    const x = encoderLayers(graph, embedded, blocks, names, sizes, modulate);
    const skipped = skippedRows(tower);
    return skipped === 0 ? x : slice(graph, x, skipped, END, 1);
  });
}

function embedPatches(graph: GraphBuilder, pixels: Value, tower: TowerSizes, views: number): Value {
  const { prefix, hidden, patch, tokens, prefixTokens, positionsCoverPrefix } = tower;
  const patches = patchEmbedding(graph, pixels, `${prefix}patch_embed.proj`, hidden, patch);
  const rows = positionsCoverPrefix ? tokens + skippedRows(tower) : tokens;
  const positions = rawTensor(graph, `${prefix}pos_embed`, [1, rows, hidden], TABLE);
  const front = prefixTokens.map(({ name, count }) => {
    const token = rawTensor(graph, name, [1, count, hidden], TABLE);
    return views === 1 ? token : graph.node("Expand", [token, graph.constants.ints(views, count, hidden)]);
  });
  if (positionsCoverPrefix) return graph.node("Add", [concat(graph, [...front, patches], 1), positions]);
  const placed = graph.node("Add", [patches, positions]);
  return front.length === 0 ? placed : concat(graph, [...front, placed], 1);
}

/** Class and register tokens, which stand in front of the patches. */
function skippedRows({ prefixTokens }: TowerSizes): number {
  return prefixTokens.reduce((sum, { count }) => sum + count, 0);
}

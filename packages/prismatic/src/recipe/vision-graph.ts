import {
  concat,
  cosineSimilarity,
  floatInput,
  geluMlp,
  reshape,
  slice,
  visionTower,
} from "@vla-pruner/onnx/blocks";
import type { BlockModulation, TowerSizes } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import type { PrismaticPlan } from "./prismatic-plan.ts";

/**
 * Graph `vision_encoder`: `pixel_values [views, 3 · towers, side, side]` → `image_features [1, vision, hidden]`,
 * view after view, and their cosine similarity `[vision, vision]`. The towers read three channels each; their
 * patches are joined along the features and projected (Prismatic).
 *
 * @param modulation builds what the towers' blocks do between attention and MLP (FiLM); may add inputs
 */
export function visionGraph(
  plan: PrismaticPlan,
  modulation?: (graph: GraphBuilder) => (tower: TowerSizes) => BlockModulation,
): PlannedGraph {
  const { sizes, views, checkpoint, floatType } = plan;
  const graph = new GraphBuilder("vision_encoder", checkpoint, floatType);
  const features = pictureInput(graph, plan, modulation);
  const vision = views * sizes.visionTokens;
  graph.output(features, "image_features", floatType, [1, vision, sizes.decoder.hidden]);
  similarityOutput(graph, features, plan);
  return graph.build();
}

/** Input `pixel_values` → visual tokens at the decoder's input, `[1, vision, hidden]`. */
export function pictureInput(
  graph: GraphBuilder,
  { sizes, views }: PrismaticPlan,
  modulation?: (graph: GraphBuilder) => (tower: TowerSizes) => BlockModulation,
): Value {
  const { towers, imageSize, projector, decoder } = sizes;
  const pixels = floatInput(graph, "pixel_values", [views, 3 * towers.length, imageSize, imageSize]);
  const modulationOf = modulation?.(graph);
  const patches = towers.map((tower, index) => {
    const own = slice(graph, pixels, 3 * index, 3 * index + 3, 1);
    return visionTower(graph, own, tower, views, modulationOf?.(tower));
  });
  const joined = patches.length === 1 ? (patches[0] ?? "") : concat(graph, patches, 2);
  const names = projector.slice(1).map((_, index) => `projector.fc${index + 1}`);
  const projected = graph.scope("projector", () => geluMlp(graph, joined, names, projector));
  return views === 1 ? projected : reshape(graph, projected, 1, -1, decoder.hidden);
}

/** Output `image_similarity`, the cosine of every pair of visual tokens. */
export function similarityOutput(
  graph: GraphBuilder,
  features: Value,
  { sizes, views }: PrismaticPlan,
): void {
  const vision = views * sizes.visionTokens;
  graph.output(cosineSimilarity(graph, features), "image_similarity", "float32", [vision, vision]);
}

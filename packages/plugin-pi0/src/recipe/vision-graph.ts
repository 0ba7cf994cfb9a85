import { cosineSimilarity, dense, floatInput, reshape, siglipTower } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Plan } from "./pi0-sizes.ts";

/**
 * Graph `vision_encoder`: `pixel_values [views, 3, side, side]`, present cameras only → `image_features
 * [1, vision, hidden]` and their cosine similarity `[vision, vision]`. Views share one tower.
 */
export function visionGraph({ sizes, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { tower, imageSize, decoder, names } = sizes;
  const graph = new GraphBuilder("vision_encoder", checkpoint, floatType);
  const pixels = floatInput(graph, "pixel_values", ["views", 3, imageSize, imageSize]);
  const patches = siglipTower(graph, pixels, tower);
  const projected = dense(graph, patches, names.projector, tower.hidden, decoder.hidden);
  const features = reshape(graph, projected, 1, -1, decoder.hidden);
  graph.output(features, "image_features", floatType, [1, "vision", decoder.hidden]);
  graph.output(cosineSimilarity(graph, features), "image_similarity", "float32", ["vision", "vision"]);
  return graph.build();
}

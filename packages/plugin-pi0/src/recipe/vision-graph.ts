import { cosineSimilarity, dense, floatInput, reshape, siglipTower } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Plan, Pi0Sizes } from "./pi0-sizes.ts";

/**
 * Graph `vision_encoder`: `pixel_values [views, 3, side, side]`, present cameras only → `image_features
 * [1, vision, hidden]` and their cosine similarity `[vision, vision]`.
 */
export function visionGraph({ sizes, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const graph = new GraphBuilder("vision_encoder", checkpoint, floatType);
  const features = pictureInput(graph, sizes);
  graph.output(features, "image_features", floatType, [1, "vision", sizes.decoder.hidden]);
  similarityOutput(graph, features);
  return graph.build();
}

/** Input `pixel_values` → visual tokens at the decoder's input, `[1, vision, hidden]`. Views share one tower. */
export function pictureInput(graph: GraphBuilder, { tower, imageSize, decoder, names }: Pi0Sizes): Value {
  const pixels = floatInput(graph, "pixel_values", ["views", 3, imageSize, imageSize]);
  const patches = siglipTower(graph, pixels, tower);
  const projected = dense(graph, patches, names.projector, tower.hidden, decoder.hidden);
  return reshape(graph, projected, 1, -1, decoder.hidden);
}

/** Output `image_similarity`, the cosine of every pair of visual tokens. */
export function similarityOutput(graph: GraphBuilder, features: Value): void {
  graph.output(cosineSimilarity(graph, features), "image_similarity", "float32", ["vision", "vision"]);
}

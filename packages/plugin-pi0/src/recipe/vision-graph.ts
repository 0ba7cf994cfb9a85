import { cast, cosineSimilarity, linear, reshape, siglipTower } from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";

/**
 * Graph `vision_encoder`: `pixel_values [views, 3, side, side]`, present cameras only → `image_features
 * [1, vision, hidden]` and their cosine similarity `[vision, vision]`. Views share one tower.
 */
export function visionGraph(
  { tower, imageSize, decoder, names }: Pi0Sizes,
  checkpoint: TensorSource,
  floatType: FloatType,
): PlannedGraph {
  const graph = new GraphBuilder("vision_encoder", checkpoint, floatType);
  const pixels = graph.input("pixel_values", "float32", ["views", 3, imageSize, imageSize]);
  const patches = siglipTower(graph, cast(graph, pixels, "float32", floatType), tower);
  const projected = linear(graph, patches, {
    weights: [`${names.projector}.weight`],
    biases: [`${names.projector}.bias`],
    input: tower.hidden,
    outputs: [decoder.hidden],
  });
  const features = reshape(graph, projected, 1, -1, decoder.hidden);
  graph.output(features, "image_features", floatType, [1, "vision", decoder.hidden]);
  graph.output(cosineSimilarity(graph, features), "image_similarity", "float32", ["vision", "vision"]);
  return graph.build();
}

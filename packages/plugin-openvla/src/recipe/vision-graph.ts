import { cast, concat, cosineSimilarity, geluMlp, GraphBuilder, slice, visionTower } from "@vla-pruner/onnx";
import type { FloatType, PlannedGraph, TensorSource } from "@vla-pruner/onnx";
import type { OpenVlaSizes } from "./openvla-sizes.ts";

/**
 * Graph `vision_encoder`: `pixel_values [1, 3 · towers, side, side]` → `image_features [1, vision, hidden]`
 * and their cosine similarity `[vision, vision]`. The towers read three channels each; their patches are
 * joined along the features and projected (Prismatic).
 */
export function visionGraph(sizes: OpenVlaSizes, checkpoint: TensorSource, floatType: FloatType): PlannedGraph {
  const { towers, imageSize, visionTokens, projector, decoder } = sizes;
  const graph = new GraphBuilder("vision_encoder", checkpoint, floatType);
  const pixels = graph.input("pixel_values", "float32", [1, 3 * towers.length, imageSize, imageSize]);
  const patches = towers.map((tower, index) => {
    const own = slice(graph, pixels, graph.constants.ints(3 * index), graph.constants.ints(3 * index + 3), 1);
    return visionTower(graph, cast(graph, own, "float32", floatType), tower, 1);
  });
  const joined = patches.length === 1 ? (patches[0] ?? "") : concat(graph, patches, 2);
  const names = projector.slice(1).map((_, index) => `projector.fc${index + 1}`);
  const features = graph.scope("projector", () => geluMlp(graph, joined, names, projector));
  graph.output(features, "image_features", floatType, [1, visionTokens, decoder.hidden]);
  graph.output(cosineSimilarity(graph, features), "image_similarity", "float32", [visionTokens, visionTokens]);
  return graph.build();
}

import {
  cast,
  concat,
  cosineSimilarity,
  embedding,
  gatherRows,
  headMean,
  keptRows,
  linear,
  range,
  rmsNorm,
  SEMANTIC_ROWS,
  semanticRows,
  siglipTower,
  sizeOfAxis,
  slice,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { CutPlan, TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import { actionOutput, toyLayers } from "./toy-layers.ts";
import type { ToySizes } from "./toy-sizes.ts";

/** What every graph of the toy is built from. */
export interface ToyPlan {
  readonly sizes: ToySizes;
  readonly cut: CutPlan;
  readonly checkpoint: TensorSource;
  readonly floatType: FloatType;
}

/** `pixel_values [1, 3, side, side]` → `image_features [1, vision, hidden]`, `image_similarity [vision, vision]`. */
export function visionGraph({ sizes, checkpoint, floatType }: ToyPlan): PlannedGraph {
  const { imageSize, tower, decoder } = sizes;
  const graph = new GraphBuilder("vision_encoder", checkpoint, floatType);
  const pixels = graph.input("pixel_values", "float32", [1, 3, imageSize, imageSize]);
  const patches = siglipTower(graph, cast(graph, pixels, "float32", floatType), tower);
  const features = linear(graph, patches, {
    weights: ["connector.weight"],
    biases: ["connector.bias"],
    input: tower.hidden,
    outputs: [decoder.hidden],
  });
  graph.output(features, "image_features", floatType, [1, tower.tokens, decoder.hidden]);
  graph.output(cosineSimilarity(graph, features), "image_similarity", "float32", [
    tower.tokens,
    tower.tokens,
  ]);
  return graph.build();
}

/**
 * Layers below the cut over picture, words and action queries: `input_ids [1, text]`, `image_features` →
 * `hidden_states [1, sequence, hidden]`, `semantic_attention [4, vision]`, `action_attention`.
 */
export function prefillHeadGraph({ sizes, cut, checkpoint, floatType }: ToyPlan): PlannedGraph {
  const { decoder, chunk, tower } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { constants } = graph;
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, tower.tokens, decoder.hidden]);
  const words = embedding(graph, ids, "decoder.embed_tokens.weight", decoder.vocabulary, decoder.hidden);
  const dims = graph.expectTensor("action_queries", [chunk, decoder.hidden]);
  const queries = graph.weight("action_queries", {
    kind: "copied",
    tensors: ["action_queries"],
    dims,
    plus: 0,
  });
  const embeddings = concat(graph, [image, words, unsqueeze(graph, queries, 0)], 1);
  const end = sizeOfAxis(graph, embeddings, 1);
  const positions = unsqueeze(graph, range(graph, constants.ints(0), end), 0);

  const layers = toyLayers(graph, embeddings, positions, decoder, [0, cut.pruneLayer]);
  graph.output(layers.hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const columns = { start: constants.ints(0), end: constants.ints(tower.tokens) };
  const prompt = graph.node("Sub", [end, constants.ints(chunk)]); // the action queries rate nothing
  const map = headMean(graph, layers.weights.get(cut.pruneLayer - 1) ?? "", columns);
  const semantic = semanticRows(graph, map, embeddings, image, {
    prefill: { start: constants.ints(0), end: prompt },
    text: { start: columns.end, end: prompt },
  });
  graph.output(semantic, "semantic_attention", "float32", [SEMANTIC_ROWS.length, tower.tokens]);
  actionOutput(graph, layers, cut.tappedLayers, chunk, columns);
  return graph.build();
}

/** Layers above the cut on the kept rows, then the head: → `action [1, chunk, action]`, `action_attention`. */
export function actGraph({ sizes, cut, checkpoint, floatType }: ToyPlan): PlannedGraph {
  const { decoder, chunk, action, tower } = sizes;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const { constants } = graph;
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keep = graph.input("keep_indices", "int64", ["kept"]);
  // The sequence is numbered from 0, so the index of a kept row is its original position.
  const rows = keptRows(graph, all, keep, constants.ints(0, tower.tokens));
  const positions = unsqueeze(graph, rows, 0);
  const layers = toyLayers(graph, gatherRows(graph, all, rows), positions, decoder, [
    cut.pruneLayer,
    decoder.layers,
  ]);
  const last = slice(graph, layers.hidden, constants.ints(-chunk), constants.ints(2 ** 31), 1);
  const output = linear(graph, rmsNorm(graph, last, "decoder.norm.weight", decoder.hidden, decoder.epsilon), {
    weights: ["action_head.weight"],
    biases: ["action_head.bias"],
    input: decoder.hidden,
    outputs: [action],
  });
  graph.output(cast(graph, output, floatType, "float32"), "action", "float32", [1, chunk, action]);
  const columns = { start: constants.ints(0), end: sizeOfAxis(graph, keep, 0) };
  actionOutput(graph, layers, cut.tappedLayers, chunk, columns);
  return graph.build();
}

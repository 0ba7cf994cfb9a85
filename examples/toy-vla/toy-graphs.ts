import * as build from "@vla-pruner/onnx/blocks";
import type { CutPlan, TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph } from "@vla-pruner/onnx/graph";
import type { ToySizes } from "./toy-sizes.ts";

/** What every graph is built from. */
export interface ToyPlan {
  readonly sizes: ToySizes;
  readonly cut: CutPlan;
  readonly checkpoint: TensorSource;
  readonly floatType: FloatType;
}

const LAYERS = "decoder.layers.";

/** `pixel_values [1, 3, side, side]` → `image_features [1, vision, hidden]`, `image_similarity [vision, vision]`. */
export function visionGraph({ sizes, checkpoint, floatType }: ToyPlan): PlannedGraph {
  const { imageSize, tower, decoder } = sizes;
  const graph = new GraphBuilder("vision_encoder", checkpoint, floatType);
  const patches = build.siglipTower(
    graph,
    build.floatInput(graph, "pixel_values", [1, 3, imageSize, imageSize]),
    tower,
  );
  const features = build.dense(graph, patches, "connector", tower.hidden, decoder.hidden);
  graph.output(features, "image_features", floatType, [1, tower.tokens, decoder.hidden]);
  const square = [tower.tokens, tower.tokens];
  graph.output(build.cosineSimilarity(graph, features), "image_similarity", "float32", square);
  return graph.build();
}

/**
 * Layers below the cut over picture, words and action queries: `input_ids [1, text]`, `image_features` →
 * `hidden_states [1, sequence, hidden]`, `semantic_attention [4, vision]`, `action_attention`.
 */
export function prefillHeadGraph({ sizes, cut, checkpoint, floatType }: ToyPlan): PlannedGraph {
  const { decoder, tower } = sizes;
  const [chunk] = sizes.action;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const image = graph.input("image_features", floatType, [1, tower.tokens, decoder.hidden]);
  const words = build.embedding(
    graph,
    ids,
    "decoder.embed_tokens.weight",
    decoder.vocabulary,
    decoder.hidden,
  );
  const queries = build.rawTensor(graph, "action_queries", [chunk, decoder.hidden], build.TABLE);
  const embeddings = build.concat(graph, [image, words, build.unsqueeze(graph, queries, 0)], 1);
  const positions = build.allPositions(graph, embeddings);
  const below = [0, cut.pruneLayer] as const;
  const { hidden, layers } = build.openLayers(graph, embeddings, positions, LAYERS, decoder, below);
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);

  const columns = build.span(graph, 0, tower.tokens);
  const prompt = build.span(graph, 0, -chunk); // the action queries rate nothing
  const ranges = { prefill: prompt, text: build.span(graph, tower.tokens, -chunk) };
  const map = build.headMean(graph, layers.at(-1)?.weights ?? "", columns);
  const semantic = build.semanticRows(graph, map, embeddings, image, ranges);
  graph.output(semantic, "semantic_attention", "float32", [build.SEMANTIC_ROWS.length, tower.tokens]);
  const actions = build.span(graph, -chunk, build.END);
  build.tapOutput(graph, layers, cut.tappedLayers, ({ weights }) =>
    build.rowsTap(graph, weights, actions, columns),
  );
  return graph.build();
}

/** Layers above the cut on the kept rows, then the head: → `action [1, chunk, action]`, `action_attention`. */
export function actGraph({ sizes, cut, checkpoint, floatType }: ToyPlan): PlannedGraph {
  const { decoder, tower } = sizes;
  const [chunk, size] = sizes.action;
  const graph = new GraphBuilder("act", checkpoint, floatType);
  const all = graph.input("hidden_states", floatType, [1, "sequence", decoder.hidden]);
  const keep = graph.input("keep_indices", "int64", ["kept"]);
  const rows = build.keptRows(graph, all, keep, graph.constants.ints(0, tower.tokens));
  // The sequence is numbered from 0, so the index of a kept row is its original position.
  const positions = build.unsqueeze(graph, rows, 0);
  const above = [cut.pruneLayer, decoder.layers] as const;
  const kept = build.gatherRows(graph, all, rows);
  const { hidden, layers } = build.openLayers(graph, kept, positions, LAYERS, decoder, above);
  const last = build.slice(graph, hidden, -chunk, build.END, 1);
  const normed = build.rmsNorm(graph, last, "decoder.norm.weight", decoder.hidden, decoder.epsilon);
  const output = build.dense(graph, normed, "action_head", decoder.hidden, size);
  build.floatOutput(graph, output, "action", [1, chunk, size]);
  const columns = { start: 0, end: build.sizeOfAxis(graph, keep, 0) };
  const actions = build.span(graph, -chunk, build.END);
  build.tapOutput(graph, layers, cut.tappedLayers, ({ weights }) =>
    build.rowsTap(graph, weights, actions, columns),
  );
  return graph.build();
}

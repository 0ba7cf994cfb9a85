import { gatherRows } from "../blocks/gather-kept.ts";
import { cosineSimilarity, raterWeights } from "../blocks/semantic-rows.ts";
import { GraphBuilder } from "../graph/graph-builder.ts";
import type { FloatType } from "../graph/value-types.ts";
import { encodeModel } from "../proto/encode-model.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { EMBEDS } from "./decoder-graph.ts";

/** The graph has no weights. */
const NOTHING: TensorSource = {
  names: [],
  info: () => undefined,
  read: () => Promise.reject(new Error("there are no weights")),
  close: () => Promise.resolve(),
};

/**
 * A small graph of what pruners ask of a prompt before any layer, as the bytes of an `.onnx` file. Inputs:
 * `inputs_embeds [1, sequence, hidden]`, `vision_rows` int64 `[vision]`, `text_rows` int64 `[text]`. Outputs, float32:
 * `image_similarity [vision, vision]` (cosine), `rater_weights [1, text]` (SparseVLM; they sum to 1).
 *
 * @param type of `inputs_embeds`
 */
export function promptGraph(type: FloatType): Uint8Array {
  const graph = new GraphBuilder("prompt", NOTHING, type);
  const embeds = graph.input(EMBEDS, type, [1, "sequence", "hidden"]);
  const vision = gatherRows(graph, embeds, graph.input("vision_rows", "int64", ["vision"]));
  const text = gatherRows(graph, embeds, graph.input("text_rows", "int64", ["text"]));
  graph.output(cosineSimilarity(graph, vision), "image_similarity", "float32", ["vision", "vision"]);
  graph.output(raterWeights(graph, text, vision), "rater_weights", "float32", [1, "text"]);
  const planned = graph.build();
  return encodeModel({ ...planned, initializers: planned.constants });
}

import { headMean, SEMANTIC_ROWS, semanticRows, sizeOfAxis } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";

/**
 * Output `semantic_attention` of a prefix in which pictures come first.
 *
 * @param weights of layer K − 1, float32 `[1, keyValueHeads, group, sequence, sequence]`
 * @param embeddings `[1, sequence, hidden]`
 * @param image `[1, vision, hidden]`
 */
export function semanticOutput(graph: GraphBuilder, weights: Value, embeddings: Value, image: Value): void {
  const start = graph.constants.ints(0);
  const [vision, sequence] = [sizeOfAxis(graph, image, 1), sizeOfAxis(graph, embeddings, 1)];
  const map = headMean(graph, weights, { start, end: vision });
  const ranges = { prefill: { start, end: sequence }, text: { start: vision, end: sequence } };
  const semantic = semanticRows(graph, map, embeddings, image, ranges);
  graph.output(semantic, "semantic_attention", "float32", [SEMANTIC_ROWS.length, "vision"]);
}

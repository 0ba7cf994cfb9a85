import { topK } from "./top-k.ts";

/**
 * Max relevance (method 4, steps 1 and 2): the union of the top `count` tokens by semantic and by
 * forecast action attention, ascending; between `count` and `2 · count` of them.
 */
export function maxRelevance(semantic: Float32Array, forecast: Float32Array, count: number): Int32Array {
  const union = new Set([...topK(semantic, count), ...topK(forecast, count)]);
  return Int32Array.from(union).toSorted();
}

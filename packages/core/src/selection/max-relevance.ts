import { topK } from "./top-k.ts";

/**
 * Max relevance (method 4, steps 1 and 2): the union of the top `budget` tokens by semantic and by
 * forecast action attention, ascending; between `budget` and `2 · budget` of them.
 */
export function maxRelevance(semantic: Float32Array, forecast: Float32Array, budget: number): Int32Array {
  const union = new Set([...topK(semantic, budget), ...topK(forecast, budget)]);
  return Int32Array.from(union).toSorted();
}

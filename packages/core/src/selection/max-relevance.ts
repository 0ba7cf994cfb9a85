import { topK } from "./top-k.ts";

/**
 * Max relevance (method 4, steps 1 and 2): the union of the top `count` tokens by semantic and by
 * forecast action attention, ascending; between `count` and `2 · count` of them.
 */
export function maxRelevance(semantic: Float32Array, forecast: Float32Array, count: number): Int32Array {
  const named = new Uint8Array(semantic.length);
  for (const index of topK(semantic, count)) named[index] = 1;
  for (const index of topK(forecast, count)) named[index] = 1;
  const union: number[] = [];
  for (let index = 0; index < named.length; index += 1) if (named[index] === 1) union.push(index);
  return Int32Array.from(union);
}

/**
 * Indices of the `count` largest scores, ascending. Ties go to the lower index.
 *
 * @param scores float32, finite, `[candidates]`
 */
export function topK(scores: Float32Array, count: number): Int32Array {
  const order = Int32Array.from(scores.keys());
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return order.slice(0, count).toSorted();
}

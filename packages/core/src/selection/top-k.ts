/**
 * Indices of the `count` largest scores, ascending. Ties go to the lower index.
 *
 * @param scores float32, finite, `[candidates]`
 */
export function topK(scores: Float32Array, count: number): Int32Array {
  const sorted = scores.toSorted();
  const threshold = sorted[Math.max(0, scores.length - count)] ?? Number.POSITIVE_INFINITY;
  let ties = count - (scores.length - 1 - sorted.lastIndexOf(threshold));
  const top = new Int32Array(Math.min(count, scores.length));
  let found = 0;
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index] ?? 0;
    if (score < threshold || (score === threshold && (ties -= 1) < 0)) continue;
    top[found] = index;
    found += 1;
  }
  return top;
}

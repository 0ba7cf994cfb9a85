/**
 * Indices of the `count` largest scores, ascending. Ties go to the lower index.
 *
 * @param scores float32, finite, `[candidates]`
 */
export function topK(scores: Float32Array, count: number): Int32Array {
  const threshold = scores.toSorted()[Math.max(0, scores.length - count)] ?? Number.POSITIVE_INFINITY;
  let ties = count - scores.filter((score) => score > threshold).length;
  return Int32Array.from(scores.keys()).filter((index) => {
    const score = scores[index] ?? 0;
    return score > threshold || (score === threshold && (ties -= 1) >= 0);
  });
}

/**
 * Min redundancy (method 4, step 3): greedy max-min diversity over `d(a, b) = 1 − cos(a, b)`.
 *
 * First the token whose nearest neighbour is farthest, then again and again the one with the largest
 * minimum distance to those chosen; chosen ones are masked, ties go to the lower index. The minimum
 * distances are kept up to date, so the whole costs O(candidates²).
 *
 * @param candidates token indices, ascending
 * @param similarity cosine similarity, float32 `[vision, vision]`, row-major
 * @param vision row length of `similarity`
 * @returns `budget` of the candidates, ascending
 */
export function minRedundancy(
  candidates: Int32Array,
  similarity: Float32Array,
  vision: number,
  budget: number,
): Int32Array {
  if (candidates.length <= budget) return candidates.slice();
  const size = candidates.length;
  const chosen = new Uint8Array(size);
  const nearest = nearestNeighbours(candidates, similarity, vision);
  for (let picks = 0; picks < budget; picks += 1) {
    const pick = farthest(nearest, chosen);
    chosen[pick] = 1;
    const row = (candidates[pick] ?? 0) * vision;
    for (let other = 0; other < size; other += 1) {
      const away = Math.fround(1 - (similarity[row + (candidates[other] ?? 0)] ?? 0));
      if (picks === 0 || away < (nearest[other] ?? 0)) nearest[other] = away;
    }
  }
  return candidates.filter((_, index) => chosen[index] === 1);
}

/** Distance of every candidate to the closest other one, `[candidates]`. */
function nearestNeighbours(candidates: Int32Array, similarity: Float32Array, vision: number): Float32Array {
  return Float32Array.from(candidates, (candidate) => {
    const row = candidate * vision;
    let nearest = Number.POSITIVE_INFINITY;
    for (let other = 0; other < candidates.length; other += 1) {
      const column = candidates[other] ?? 0;
      const away = 1 - (similarity[row + column] ?? 0);
      if (column !== candidate && away < nearest) nearest = away;
    }
    return nearest;
  });
}

function farthest(nearest: Float32Array, chosen: Uint8Array): number {
  let best = -1;
  for (let index = 0; index < nearest.length; index += 1) {
    if (chosen[index] === 0 && (best < 0 || (nearest[index] ?? 0) > (nearest[best] ?? 0))) best = index;
  }
  return best;
}

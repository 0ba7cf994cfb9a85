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
  const size = candidates.length;
  if (size <= budget) return candidates.slice();
  const nearest = nearestNeighbours(candidates, similarity, vision);
  const chosen = new Int32Array(budget);
  let pick = farthest(nearest);
  nearest.fill(Number.POSITIVE_INFINITY);
  for (let picks = 0; picks < budget; picks += 1) {
    const token = candidates[pick] ?? 0;
    chosen[picks] = token;
    nearest[pick] = CHOSEN;
    const row = token * vision;
    let best = CHOSEN;
    for (let other = 0; other < size; other += 1) {
      const away = 1 - (similarity[row + (candidates[other] ?? 0)] ?? 0);
      const least = Math.min(Math.fround(away), nearest[other] ?? 0);
      nearest[other] = least;
      if (least > best) {
        best = least;
        pick = other;
      }
    }
  }
  return chosen.toSorted();
}

/** A distance below all others: what is chosen is not chosen again. */
const CHOSEN = Number.NEGATIVE_INFINITY;

/** Distance of every candidate to the closest other one, `[candidates]`. */
function nearestNeighbours(candidates: Int32Array, similarity: Float32Array, vision: number): Float32Array {
  const nearest = new Float32Array(candidates.length);
  for (let place = 0; place < candidates.length; place += 1) {
    const candidate = candidates[place] ?? 0;
    const row = candidate * vision;
    let closest = Number.NEGATIVE_INFINITY;
    for (let other = 0; other < candidates.length; other += 1) {
      const alike = similarity[row + (candidates[other] ?? 0)] ?? 0;
      if (other !== place) closest = Math.max(closest, alike);
    }
    nearest[place] = 1 - closest;
  }
  return nearest;
}

/** The first of the largest. */
function farthest(distances: Float32Array): number {
  let best = 0;
  for (let index = 1; index < distances.length; index += 1)
    if ((distances[index] ?? 0) > (distances[best] ?? 0)) best = index;
  return best;
}

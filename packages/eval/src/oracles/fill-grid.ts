/**
 * Adds tokens of a square grid until there are `budget`: again and again the one that is farthest from those
 * chosen; the middle first where there is none. Ties go to the lower index.
 *
 * @param chosen indices within the grid
 * @returns ascending
 */
export function fillGrid(chosen: readonly number[], side: number, budget: number): Int32Array {
  const kept = new Set(chosen);
  const nearest = new Float64Array(side * side).fill(Number.POSITIVE_INFINITY);
  const add = (token: number): void => {
    kept.add(token);
    for (let other = 0; other < nearest.length; other += 1) {
      const rows = Math.floor(other / side) - Math.floor(token / side);
      const columns = (other % side) - (token % side);
      nearest[other] = Math.min(nearest[other] ?? 0, rows ** 2 + columns ** 2);
    }
  };
  for (const token of chosen) add(token);
  if (kept.size === 0 && budget > 0) add(Math.floor(side / 2) * side + Math.floor(side / 2));
  while (kept.size < Math.min(budget, nearest.length)) {
    let farthest = -1;
    for (let token = 0; token < nearest.length; token += 1) {
      if (!kept.has(token) && (farthest < 0 || (nearest[token] ?? 0) > (nearest[farthest] ?? 0)))
        farthest = token;
    }
    add(farthest);
  }
  return Int32Array.from(kept).toSorted();
}

/**
 * A small seeded generator (mulberry32 over a mixed seed): the same keys give the same sequence on every
 * machine. Not for cryptography.
 *
 * @returns a function that gives the next number in [0, 1)
 */
export function seededRandom(...keys: readonly number[]): () => number {
  let state = 0x9e3779b9;
  for (const key of keys) state = Math.imul(state ^ (key | 0), 0x85ebca6b) ^ (state >>> 13);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

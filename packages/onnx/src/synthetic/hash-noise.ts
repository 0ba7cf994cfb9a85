/** A 32-bit hash of a name (FNV-1a), mixed with a seed. */
export function nameHash(name: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < name.length; index += 1)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}

/**
 * Uniform noise in [−1, 1) for the elements `start … start + count − 1` of a tensor. Each element depends
 * on its own index only, so a tensor can be read in any pieces; the integers make it equal on every machine.
 */
export function hashNoise(hash: number, start: number, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    let mixed = Math.imul((start + index) >>> 0, 0x9e3779b1) ^ hash;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    values[index] = ((mixed ^ (mixed >>> 16)) >>> 0) / 2147483648 - 1;
  }
  return values;
}

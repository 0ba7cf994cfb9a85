import { seededRandom } from "@vla-pruner/core";

/**
 * Standard normal noise for one step, float32 `[size]`: drawn anew for every observation, the same for the
 * same seed and observation on every machine. Nothing is kept between steps.
 *
 * @param seen what the step sees
 */
export function stepNoise(size: number, seed: number, seen: readonly Float32Array[]): Float32Array {
  const random = seededRandom(seed, ...seen.map(hashOf));
  const noise = new Float32Array(size);
  for (let index = 0; index < size; index += 1) {
    // Box and Muller; 1 − random() is never 0.
    noise[index] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }
  return noise;
}

/** FNV-1a over the bits of the numbers. */
function hashOf(values: Float32Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

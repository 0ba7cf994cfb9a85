import type { Observation } from "../observation.ts";
import { seededRandom } from "../seeded-random.ts";
import { checkFinite, invalidObservation } from "./check-observation.ts";

/**
 * Starting noise of a flow or diffusion head, float32 `[horizon · action]`: the observation's own, after checking it,
 * or standard normal noise that is drawn anew for every observation and is the same for the same seed and observation
 * on every machine. Nothing is kept between steps.
 *
 * @param shape `[horizon, action]`
 * @param seen what the step sees, as the model gets it: pixels, token ids, state
 * @throws `observation-invalid`
 */
export function startingNoise(
  { noise }: Observation,
  [horizon, action]: readonly [horizon: number, action: number],
  seed: number,
  seen: readonly ArrayLike<number>[],
): Float32Array {
  const size = horizon * action;
  if (noise === undefined) return draw(size, seededRandom(seed, ...seen.map(hashOf)));
  if (noise.length !== size)
    throw invalidObservation(
      `noise of ${horizon} × ${action} = ${size} values`,
      `${noise.length}`,
      "draw it anew for this model, or leave it out",
    );
  return checkFinite(noise, "noise", "draw it from a standard normal distribution");
}

function draw(size: number, random: () => number): Float32Array {
  const noise = new Float32Array(size);
  for (let index = 0; index < size; index += 2) {
    // Box and Muller; 1 − random() is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    noise[index] = radius * Math.cos(angle);
    if (index + 1 < size) noise[index + 1] = radius * Math.sin(angle);
  }
  return noise;
}

/** FNV-1a over the bits of the numbers, as float32. */
function hashOf(seen: ArrayLike<number>): number {
  const values = seen instanceof Float32Array ? seen : Float32Array.from(seen);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

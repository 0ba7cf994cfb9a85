import type { Observation } from "../observation.ts";
import { seededRandom } from "../seeded-random.ts";
import type { PluginOptions } from "../vla-plugin.ts";
import { checkFinite, invalidObservation } from "./check-observation.ts";

/** What noise is drawn from, where an observation brings none. */
export interface NoiseOrigin {
  /** `[horizon, action]` */
  readonly shape: readonly [horizon: number, action: number];
  readonly options: Pick<PluginOptions, "seed" | "noise">;
  /** What the step sees, as the model gets it: pixels, token ids, state. */
  readonly seen: readonly ArrayLike<number>[];
  /** Calls before this one in the episode. */
  readonly step?: number | undefined;
}

/**
 * Starting noise of a flow or diffusion head, float32 `[horizon · action]`: the observation's own, after checking it,
 * or standard normal noise, the same on every machine for the same seed and, by `options.noise`, the same observation
 * or the same step. Nothing is kept between steps.
 *
 * @throws `observation-invalid`
 */
export function startingNoise(
  { noise }: Observation,
  { shape: [horizon, action], options, seen, step = 0 }: NoiseOrigin,
): Float32Array {
  const size = horizon * action;
  const { seed = 0, noise: source = "observation" } = options;
  if (noise === undefined) {
    const by = { observation: () => seen.map(hashOf), step: () => [step], fixed: () => [] }[source];
    return draw(size, seededRandom(seed, ...by()));
  }
  if (!(noise instanceof Float32Array))
    throw invalidObservation("noise as a Float32Array", typeof noise, "pass new Float32Array(noise)");
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
  // Not for … of, which takes 5 ms for three pictures.
  for (let index = 0; index < words.length; index += 1)
    hash = Math.imul(hash ^ (words[index] ?? 0), 0x01000193);
  return hash;
}

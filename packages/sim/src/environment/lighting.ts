import type { Light } from "../render/types.ts";
import { seededRandom, STREAM, uniform } from "../world/seeded-random.ts";

/** Control steps of one change from bright to dark and back. */
const PERIOD = 40;

/** The room's light after `steps` control steps, changed by `amount`, 0 … 1. */
export function lightAt(light: Light, amount: number, seed: number, steps: number): Light {
  if (amount === 0) return light;
  const random = seededRandom(seed, STREAM.lighting);
  const phase = uniform(random, 0, 2 * Math.PI) + (2 * Math.PI * steps) / PERIOD;
  const [brightness, warmth] = [1 + 0.5 * amount * Math.sin(phase), 0.25 * amount * Math.cos(phase * 0.7)];
  const [x, y, z] = light.direction;
  return {
    direction: [x + 0.6 * amount * Math.cos(phase), y + 0.6 * amount * Math.sin(phase), z],
    ambient: light.ambient * brightness,
    diffuse: light.diffuse * brightness,
    colour: [light.colour[0] * (1 + warmth), light.colour[1], light.colour[2] * (1 - warmth)],
  };
}

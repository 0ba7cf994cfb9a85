import type { CameraFrame, Observation } from "../observation.ts";
import { seededRandom } from "../seeded-random.ts";

export interface ExampleSizes {
  /** Names of the cameras. */
  readonly views: readonly string[];
  /** Side of the square pictures, pixels. */
  readonly side: number;
  /** The prompt: how many ids, the first of them (BOS), and the vocabulary that the others are drawn from. */
  readonly prompt: { readonly length: number; readonly first: number; readonly vocabulary: number };
  /** Numbers of the state, between −1 and 1. Default 0: none. */
  readonly state?: number;
}

/** Made-up pictures, token ids and state, the same for the same seed: for an adapter's `exampleObservation`. */
export function makeObservation(seed: number, { views, side, prompt, state = 0 }: ExampleSizes): Observation {
  const random = seededRandom(seed);
  const images = Object.fromEntries(views.map((name) => [name, exampleFrame(random, side)]));
  const ids = Array.from({ length: prompt.length - 1 }, () => Math.floor(random() * prompt.vocabulary));
  const numbers = Array.from({ length: state }, () => 2 * random() - 1);
  return { images, inputIds: [prompt.first, ...ids], ...(state > 0 && { state: numbers }) };
}

/** A made-up picture of coloured rectangles on grey. */
export function exampleFrame(random: () => number, side: number): CameraFrame {
  const data = new Uint8Array(side * side * 3).fill(128);
  for (let shape = 0; shape < 24; shape += 1) {
    const [x = 0, y = 0, x2 = 0, y2 = 0] = Array.from({ length: 4 }, () => Math.floor(random() * side));
    const colour = Array.from({ length: 3 }, () => Math.floor(random() * 256));
    const line = Uint8Array.from({ length: 3 * Math.abs(x2 - x) }, (_, index) => colour[index % 3] ?? 0);
    for (let row = Math.min(y, y2); row < Math.max(y, y2); row += 1)
      data.set(line, (row * side + Math.min(x, x2)) * 3);
  }
  return { data, width: side, height: side, channels: 3 };
}

import { seededRandom } from "@vla-pruner/core";
import type { CameraFrame, Observation } from "@vla-pruner/core";
import type { Pi0Vla } from "./pi0-vla.ts";
import { VIEWS } from "./views.ts";

/** Words of an example prompt; π0.5 has the state's digits in it too. */
const WORDS = { pi0: 16, pi05: 48 };
const BOS = 2;
const STATE = 8;

/**
 * Made-up pictures of coloured rectangles, one a view, a prompt of token ids and a state.
 *
 * @param stateSize numbers that a state may have at most
 */
export function exampleObservation(
  seed: number,
  { variant, views, image_size: side, decoder }: Pi0Vla,
  stateSize: number,
): Observation {
  const random = seededRandom(seed);
  const images = Object.fromEntries(VIEWS.slice(0, views).map((name) => [name, frame(random, side)]));
  const ids = Array.from({ length: WORDS[variant] - 1 }, () => Math.floor(random() * decoder.vocabulary));
  const state = Array.from({ length: Math.min(stateSize, STATE) }, () => 2 * random() - 1);
  return { images, inputIds: [BOS, ...ids], state };
}

function frame(random: () => number, side: number): CameraFrame {
  const data = new Uint8Array(side * side * 3).fill(128);
  for (let shape = 0; shape < 24; shape += 1) {
    const place = (): number => Math.floor(random() * side);
    const [columns, rows] = [
      [place(), place()].toSorted((a, b) => a - b),
      [place(), place()].toSorted((a, b) => a - b),
    ];
    const colour = [random(), random(), random()].map((share) => Math.floor(share * 256));
    for (let y = rows[0] ?? 0; y < (rows[1] ?? 0); y += 1) {
      for (let x = columns[0] ?? 0; x < (columns[1] ?? 0); x += 1) data.set(colour, (y * side + x) * 3);
    }
  }
  return { data, width: side, height: side, channels: 3 };
}

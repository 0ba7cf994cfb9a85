import { seededRandom } from "@vla-pruner/core";
import type { Observation } from "@vla-pruner/core";
import type { OpenVlaVla } from "./openvla-vla.ts";

/** Words of an example prompt: with 256 patches, the 291 tokens of the paper's cost model. */
const WORDS = 35;

/** A made-up picture of coloured rectangles and a prompt of token ids. */
export function exampleObservation(seed: number, { image_processor: image, decoder }: OpenVlaVla): Observation {
  const random = seededRandom(seed);
  const side = image.size;
  const data = new Uint8Array(side * side * 3).fill(128);
  for (let shape = 0; shape < 24; shape += 1) {
    const [left, top, right, bottom] = [random(), random(), random(), random()].map((share) => Math.floor(share * side));
    const colour = [random(), random(), random()].map((share) => Math.floor(share * 256));
    fill(data, side, { left: left ?? 0, top: top ?? 0, right: right ?? 0, bottom: bottom ?? 0 }, colour);
  }
  const ids = Array.from({ length: WORDS - 1 }, () => Math.floor(random() * decoder.vocabulary));
  return { images: { image: { data, width: side, height: side, channels: 3 } }, inputIds: [1, ...ids] };
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function fill(data: Uint8Array, side: number, { left, top, right, bottom }: Rectangle, colour: readonly number[]): void {
  for (let y = Math.min(top, bottom); y < Math.max(top, bottom); y += 1) {
    for (let x = Math.min(left, right); x < Math.max(left, right); x += 1) data.set(colour, (y * side + x) * 3);
  }
}

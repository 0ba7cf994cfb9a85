import { seededRandom } from "@vla-pruner/core";
import type { Observation } from "@vla-pruner/core";
import { exampleFrame } from "@vla-pruner/prismatic";
import type { OpenVlaVla } from "./openvla-vla.ts";

/** Words of an example prompt: with 256 patches, the 291 tokens of the paper's cost model. */
const WORDS = 35;

/** A made-up picture and a prompt of token ids. */
export function exampleObservation(
  seed: number,
  { image_processor: image, decoder }: OpenVlaVla,
): Observation {
  const random = seededRandom(seed);
  const frame = exampleFrame(random, image.size);
  const ids = Array.from({ length: WORDS - 1 }, () => Math.floor(random() * decoder.vocabulary));
  return { images: { image: frame }, inputIds: [1, ...ids] };
}

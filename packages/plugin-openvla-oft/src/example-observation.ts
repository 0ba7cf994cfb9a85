import { seededRandom } from "@vla-pruner/core";
import type { Observation } from "@vla-pruner/core";
import { exampleFrame } from "@vla-pruner/prismatic";
import type { OftVla } from "./oft-vla.ts";
import { spansOf } from "./views.ts";

/** Words of an example prompt. */
const WORDS = 35;

/** Made-up pictures, one a view, a prompt of token ids and a state between −1 and 1. */
export function exampleObservation(seed: number, vla: OftVla): Observation {
  const random = seededRandom(seed);
  const names = spansOf(vla.views, vla.vision_tokens_per_view).map(({ name }) => name);
  const images = Object.fromEntries(
    names.map((name) => [name, exampleFrame(random, vla.image_processor.size)]),
  );
  const ids = Array.from({ length: WORDS - 1 }, () => Math.floor(random() * vla.decoder.vocabulary));
  const state = Array.from({ length: vla.state_size }, () => 2 * random() - 1);
  return { images, inputIds: [1, ...ids], ...(vla.state_size > 0 && { state }) };
}

import { normalizeInto } from "../image/normalize.ts";
import { toRgb } from "../image/to-rgb.ts";
import type { Observation } from "../observation.ts";
import type { ViewSpan } from "../vla-adapter.ts";
import type { FakePrompt } from "./fake-model.ts";
import { fingerprint } from "./fingerprint.ts";

const BOS = 1;
/** The fake's normalisation: none. */
const PLAIN = { mean: [0, 0, 0], std: [1, 1, 1] };

/** An observation as the fake's model takes it in: pixels of the views that are there, and words. */
export function fakePrompt(observation: Observation, views: readonly ViewSpan[]): FakePrompt {
  const { pixelValues, inputIds, instruction = "" } = observation;
  const names = views.map(({ name }) => name);
  const pixels = pixelValues?.data ?? fakePixels(observation, names);
  const words = inputIds ?? [BOS, ...new TextEncoder().encode(instruction)];
  return { picture: fingerprint({ instruction: names.join(), pixelValues: { data: pixels } }), words };
}

/** float32, a `[3, height, width]` a view, 0 … 1. */
function fakePixels({ images = {} }: Observation, names: readonly string[]): Float32Array {
  const frames = names.flatMap((name) => {
    const frame = images[name];
    return frame === undefined ? [] : [toRgb(frame)];
  });
  const pixels = new Float32Array(frames.reduce((total, { width, height }) => total + 3 * width * height, 0));
  let offset = 0;
  for (const frame of frames) {
    normalizeInto(pixels, offset, frame, PLAIN);
    offset += 3 * frame.width * frame.height;
  }
  return pixels;
}

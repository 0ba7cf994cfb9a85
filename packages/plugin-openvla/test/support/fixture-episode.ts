import type { PixelValues } from "@vla-pruner/core";
import { hashNoise, nameHash } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { smoothField } from "./smooth-field.ts";

/** The token that the official code wants at the end of a prompt. */
export const EMPTY_TOKEN = 29871;

const STEPS = 8;
const WORDS = 18;

/** One control step in numbers: nothing is left to image codecs and tokenizers. */
export interface NumericObservation {
  readonly pixelValues: PixelValues;
  readonly inputIds: readonly number[];
}

/** Eight steps of a smooth picture that drifts, under one prompt. */
export function fixtureEpisode(config: CheckpointConfig, seed: number): NumericObservation[] {
  const sides = config["image_sizes"] as readonly number[];
  const [side = 224] = sides;
  const channels = 3 * sides.length;
  const inputIds = promptIds(config, seed);
  return Array.from({ length: STEPS }, (_, step) => {
    const data = new Float32Array(channels * side * side);
    for (let channel = 0; channel < channels; channel += 1) {
      data.set(smoothField(`pixels.${channel}`, seed, step, side), channel * side * side);
    }
    return { pixelValues: { data, dims: [1, channels, side, side] }, inputIds };
  });
}

/** BOS, some words, and the empty token where the vocabulary has it. */
function promptIds(config: CheckpointConfig, seed: number): number[] {
  const { vocab_size: words = 0 } = config["text_config"] as { vocab_size?: number };
  const last = Math.min(words - 1, EMPTY_TOKEN);
  const noise = hashNoise(nameHash("prompt", seed), 0, WORDS);
  return [1, ...Array.from(noise, (value) => 3 + Math.floor(((value + 1) / 2) * (last - 3))), last];
}

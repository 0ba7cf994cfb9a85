import { hashNoise, nameHash } from "@vla-pruner/onnx/convert";
import type { OftFixture } from "./fixtures.ts";

/** The token that the official code wants at the end of a prompt. */
const EMPTY_TOKEN = 29_871;
const STEPS = 8;
/** By how much the first pattern fades from one step to the next. */
const FADE = 1 / 18;
const WORDS = 18;
const CHANNELS = 6;
/** Pixels of a cell, along each side. */
const CELL = 7;

/** One control step in numbers: nothing is left to image codecs, tokenizers and random generators. */
export interface NumericStep {
  readonly pixelValues: { readonly data: Float32Array; readonly dims: readonly number[] };
  readonly inputIds: readonly number[];
  readonly state: readonly number[];
  /** As much as the largest chunk needs; only a diffusion head reads it. */
  readonly noise: Float32Array;
}

/** Steps of patterns that fade into others, under one prompt. */
export function fixtureEpisode(fixture: OftFixture, chunkSize: number): NumericStep[] {
  const { seed, views, stateSize, config } = fixture;
  const [side = 0] = config["image_sizes"] as readonly number[];
  const words = hashNoise(nameHash("prompt", seed), 0, WORDS);
  const inputIds = [
    1,
    ...Array.from(words, (value) => 3 + Math.floor(((value + 1) / 2) * 29_000)),
    EMPTY_TOKEN,
  ];
  return Array.from({ length: STEPS }, (_, step) => {
    const dims = [1, CHANNELS * views, side, side];
    const data = new Float32Array(CHANNELS * views * side * side);
    for (let channel = 0; channel < CHANNELS * views; channel += 1) {
      data.set(fadingCells(`pixels.${channel}`, seed, step, side), channel * side * side);
    }
    const state = Array.from(hashNoise(nameHash(`state.${step}`, seed), 0, stateSize), (value) =>
      Number((1.1 * value).toFixed(4)),
    );
    return {
      pixelValues: { data, dims },
      inputIds,
      state,
      noise: hashNoise(nameHash(`noise.${step}`, seed), 0, chunkSize),
    };
  });
}

/** `[side, side]`: cells of one shade each, the first pattern's share falling from step to step. */
function fadingCells(name: string, seed: number, step: number, side: number): Float32Array {
  const across = side / CELL;
  const from = hashNoise(nameHash(`${name}.from`, seed), 0, across * across);
  const to = hashNoise(nameHash(`${name}.to`, seed), 0, across * across);
  const share = step * FADE;
  return Float32Array.from({ length: side * side }, (_, pixel) => {
    const cell = Math.floor(pixel / side / CELL) * across + Math.floor((pixel % side) / CELL);
    return 2 * ((from[cell] ?? 0) * (1 - share) + (to[cell] ?? 0) * share);
  });
}

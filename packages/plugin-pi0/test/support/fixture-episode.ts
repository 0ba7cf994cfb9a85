import type { Observation } from "@vla-pruner/core";
import { hashNoise, nameHash } from "@vla-pruner/onnx/convert";
import type { Pi0Fixture } from "./fixtures.ts";
import { sideOf, STATE_SIZE } from "./fixtures.ts";

const VIEWS = 3;
/** Pixels of a cell, along each side. */
const CELL = 8;
const WORDS = 11;
const BOS = 2;
const NEW_LINE = 108;

/** One control step in numbers: nothing is left to image codecs, tokenizers and random generators. */
export interface NumericStep extends Observation {
  readonly pixelValues: { readonly data: Float32Array };
  readonly inputIds: readonly number[];
  readonly state: readonly number[];
  readonly noise: Float32Array;
}

/** Episodes by name. `dense`: all cameras, then one absent. `absent`: the right wrist shows up once. */
export const EPISODES: Readonly<Record<string, readonly (readonly boolean[] | null)[]>> = {
  dense: [null, [true, true, false]],
  episode: Array.from({ length: 8 }, () => null),
  absent: Array.from({ length: 8 }, (_, step) => [true, true, step === 4]),
};

/** Steps of coarse patterns that move and change a little, under one prompt. State in model units. */
export function fixtureEpisode(fixture: Pi0Fixture, name: string): NumericStep[] {
  const { config, seed, episodeSeeds } = fixture;
  const side = sideOf(fixture);
  const horizon = Number(config["action_horizon"]);
  const actions = Number(config["action_dim"]);
  const words = Number(config["vocab_size"]);
  const draw = (what: string, count: number): Float32Array =>
    hashNoise(nameHash(`${name}.${what}`, episodeSeeds[name] ?? seed), 0, count);
  const middle = Array.from(
    draw("prompt", WORDS),
    (value) => 3 + Math.floor(((value + 1) / 2) * (words - 3)),
  );
  return (EPISODES[name] ?? []).map((imageMasks, step) => ({
    pixelValues: { data: pixels(draw, step, side) },
    inputIds: [BOS, ...middle, NEW_LINE],
    state: Array.from(draw(`state.${step}`, STATE_SIZE), (value) => Math.round(value * 1000) / 1000),
    noise: draw(`noise.${step}`, horizon * actions).map((value) => value * Math.sqrt(3)),
    ...(imageMasks !== null && { imageMasks }),
  }));
}

/** The same step, its noise left to the adapter. */
export function withoutNoise({ pixelValues, inputIds, state, imageMasks }: NumericStep): Observation {
  return { pixelValues, inputIds, state, ...(imageMasks && { imageMasks }) };
}

/** float32 `[3, 3, side, side]`. */
function pixels(
  draw: (what: string, count: number) => Float32Array,
  step: number,
  side: number,
): Float32Array {
  const planes = VIEWS * 3;
  const cells = side / CELL;
  const base = draw("base", planes * cells * cells);
  const drift = draw("drift", planes * cells * cells);
  const grain = draw(`grain.${step}`, planes * side * side);
  return grain.map((noise, index) => {
    const x = index % side;
    const y = Math.floor(index / side) % side;
    const plane = Math.floor(index / (side * side));
    const column = (Math.floor(x / CELL) + cells - step) % cells;
    const cell = (plane * cells + Math.floor(y / CELL)) * cells + column;
    return 0.7 * (base[cell] ?? 0) + 0.15 * step * (drift[cell] ?? 0) + 0.15 * noise;
  });
}

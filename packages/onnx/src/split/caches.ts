import type { DecoderGraph } from "./decoder-graph.ts";
import { refuse } from "./refuse.ts";

/** A decoder's caches by their names, `present.3.key` and the like; convolutions have some too. */
export interface Caches {
  readonly layers: number;
  /** Outputs of layers below the cut. */
  readonly below: readonly string[];
  readonly above: readonly string[];
  /** The output of keys of the last attention layer below the cut, and of the first one above. */
  readonly lastKeyBelow: string;
  readonly firstKeyAbove: string;
  /** The highest layer below the cut that has a cache. */
  readonly lastBelow: number;
}

const PRESENT = /^present(?:_[a-z]+)*[._](\d+)(?:[._]|$)/u;
const PAST = /^past(?:_[a-z]+)*[._](\d+)(?:[._]|$)/u;
const KEY = /^present\.(\d+)\.key$/u;

/** Layer of an output cache; NaN for other outputs. */
export function presentLayer(name: string): number {
  return Number(PRESENT.exec(name)?.[1] ?? Number.NaN);
}

/** Layer of an input cache; NaN for other inputs. */
export function pastLayer(name: string): number {
  return Number(PAST.exec(name)?.[1] ?? Number.NaN);
}

/** The input that an output of keys becomes in the next run. */
export function pastOf(key: string): string {
  return key.replace("present", "past_key_values");
}

/** @throws `graph-invalid`, `invalid-option` */
export function cachesOf(graph: DecoderGraph, layer: number): Caches {
  const names = [...graph.outputs.keys()].filter((name) => !Number.isNaN(presentLayer(name)));
  const layers = Math.max(-1, ...names.map(presentLayer)) + 1;
  if (layers < 2) {
    const found = [...graph.outputs.keys()].join(", ");
    throw refuse("a decoder with outputs present.0.key … of at least two layers", found);
  }
  if (!Number.isInteger(layer) || layer < 1 || layer >= layers)
    throw refuse(
      `layer: a whole number from 1 to ${layers - 1}, of a decoder of ${layers} layers`,
      String(layer),
      "choose such a layer; 2 is usual",
    );
  const bare = [layer - 1, layer].find((index) => !names.some((name) => presentLayer(name) === index));
  if (bare !== undefined)
    throw refuse(
      `caches of layers ${layer - 1} and ${layer}, between which to cut`,
      `none of layer ${bare}: where it begins and ends is not known`,
      "choose a layer between two that have caches of their own",
    );
  const keys = names.filter((name) => KEY.test(name)).toSorted((a, b) => presentLayer(a) - presentLayer(b));
  const lastKeyBelow = keys.findLast((name) => presentLayer(name) < layer);
  const firstKeyAbove = keys.find((name) => presentLayer(name) >= layer);
  if (lastKeyBelow === undefined || firstKeyAbove === undefined) {
    const side = lastKeyBelow === undefined ? "below" : "from";
    const found = `attention in layers ${keys.map(presentLayer).join(", ")}`;
    throw refuse(`an attention layer ${side} layer ${layer}`, found, "choose a layer between two of these");
  }
  const below = names.filter((name) => presentLayer(name) < layer);
  return {
    layers,
    below,
    above: names.filter((name) => presentLayer(name) >= layer),
    lastKeyBelow,
    firstKeyAbove,
    lastBelow: Math.max(...below.map(presentLayer)),
  };
}

import type { Observation, VlaAdapter } from "@vla-pruner/core";
import { seededRandom } from "@vla-pruner/core/adapter";

/** A camera's picture, in pixels. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

export interface ObservationSizes {
  /** Of each camera's picture; the model's own where absent, so that none is resized. */
  readonly frame?: FrameSize;
  /** Token ids of the instruction; the example's own where absent. */
  readonly prompt?: number;
}

/** The n-th made-up observation of a model, the same for the same number. */
export function exampleOf(
  adapter: VlaAdapter,
  { frame, prompt }: ObservationSizes,
  index: number,
): Observation {
  const example = adapter.exampleObservation(index);
  const random = seededRandom(index, 77);
  const { inputIds = [] } = example;
  const ids =
    prompt === undefined
      ? inputIds
      : Array.from({ length: prompt }, (_, place) => inputIds[place % inputIds.length] ?? 0);
  return {
    ...example,
    ...(ids.length > 0 && { inputIds: ids }),
    ...(frame && { images: picturesOf(adapter, frame, random) }),
  };
}

function picturesOf(
  { layout }: VlaAdapter,
  { width, height }: FrameSize,
  random: () => number,
): NonNullable<Observation["images"]> {
  const entries = layout.views.map(({ name }) => {
    const data = Uint8Array.from({ length: width * height * 3 }, () => 256 * random());
    return [name, { data, width, height, channels: 3 }] as const;
  });
  return Object.fromEntries(entries);
}

import { FakeAdapter } from "@vla-pruner/core/testing";
import type { FakePrepared } from "@vla-pruner/core/testing";
import type { CameraFrame, Observation } from "../../../src/index.ts";

/** Looks at no picture. */
export class SightlessAdapter extends FakeAdapter {
  override async prepare(observation: Observation): Promise<FakePrepared> {
    return { ...(await super.prepare(observation)), picture: 1 };
  }
}

/** Shows the main camera's frame to every view. */
export class OneEyedAdapter extends FakeAdapter {
  override prepare({ images = {}, ...rest }: Observation): Promise<FakePrepared> {
    const main = images["image"];
    const shown = Object.keys(images).map((name) => [name, main ?? images[name]] as const);
    return super.prepare({ ...rest, images: Object.fromEntries(shown) as Record<string, CameraFrame> });
  }
}

/** Sees in shades of grey. */
export class GreyAdapter extends FakeAdapter {
  override prepare(observation: Observation): Promise<FakePrepared> {
    return super.prepare(
      repainted(observation, ([r, g, b]) => [(r + g + b) / 3, (r + g + b) / 3, (r + g + b) / 3]),
    );
  }
}

/** Takes red for blue. */
export class SwappedChannelsAdapter extends FakeAdapter {
  override prepare(observation: Observation): Promise<FakePrepared> {
    return super.prepare(repainted(observation, ([r, g, b]) => [b, g, r]));
  }
}

/** Hears no word. */
export class WordlessAdapter extends FakeAdapter {
  override prepare({ inputIds: _, ...rest }: Observation): Promise<FakePrepared> {
    return super.prepare({ ...rest, instruction: "do something" });
  }
}

/** Lets the words reach the prompt, and not the actions. */
export class HeedlessAdapter extends FakeAdapter {
  override async prepare(observation: Observation): Promise<FakePrepared> {
    const { inputIds: _ids, instruction: _words, ...rest } = observation;
    return { ...(await super.prepare(observation)), seed: (await super.prepare(rest)).seed };
  }
}

/** Does not feel where the arm is. */
export class NumbAdapter extends FakeAdapter {
  override prepare({ state: _, ...rest }: Observation): Promise<FakePrepared> {
    return super.prepare(rest);
  }
}

/** Reads a state, and leaves it out of its examples. */
export class DiscreetAdapter extends FakeAdapter {
  override exampleObservation(seed: number): Observation {
    const { state: _, ...rest } = super.exampleObservation(seed);
    return rest;
  }
}

type Pixel = readonly [number, number, number];

function repainted(observation: Observation, paint: (pixel: Pixel) => Pixel): Observation {
  const images = Object.entries(observation.images ?? {}).map(([name, frame]) => {
    const data = new Uint8Array(frame.data.length);
    for (let at = 0; at < data.length; at += 3) {
      const pixel = [frame.data[at] ?? 0, frame.data[at + 1] ?? 0, frame.data[at + 2] ?? 0] as const;
      data.set(paint(pixel), at);
    }
    return [name, { ...frame, data }] as const;
  });
  return observation.images === undefined
    ? observation
    : { ...observation, images: Object.fromEntries(images) };
}

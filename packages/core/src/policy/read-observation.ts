import { VlaPrunerError } from "@vla-pruner/format";
import type { CameraFrame, FrameSource, Observation, ObservationInput } from "../observation.ts";
import { readFrame } from "../transformers/read-frame.ts";
import type { ModelLayout, Warn } from "../vla-adapter.ts";
import { checkParts } from "./check-parts.ts";
import { isDark } from "./is-dark.ts";

/** What an observation is read with. */
export interface ReadingContext {
  /** The model's name of a camera → the name that observations give it. */
  readonly cameras: Readonly<Record<string, string>>;
  readonly layout: Pick<ModelLayout, "reads">;
  readonly warn: Warn;
}

/**
 * An observation as adapters want it: cameras under the model's names, frames decoded.
 *
 * @throws `image-invalid`, `observation-invalid` where a frame comes under both names, or a part is none, or none that
 * the model reads
 */
export async function readObservation(
  input: ObservationInput,
  { cameras, layout, warn }: ReadingContext,
): Promise<Observation> {
  const { images, ...rest } = checkParts(input, layout.reads);
  if (images === undefined) return rest;
  const names = new Map(Object.entries(cameras).map(([name, given]) => [given, name]));
  const renamed = Object.entries(images).map(
    ([given, source]) => [names.get(given) ?? given, source] as const,
  );
  const twice = renamed.find(([name], index) => renamed.findIndex(([other]) => other === name) < index);
  if (twice !== undefined) {
    throw new VlaPrunerError("observation-invalid", {
      expected: `one frame of ${twice[0]}`,
      found: `two: ${Object.keys(images).join(", ")}`,
      fix: "pass each camera once, under its own name or the one that cameras gives it",
    });
  }
  const frames = await Promise.all(
    renamed.map(async ([name, source]) => [name, await namedFrame(name, source, warn)] as const),
  );
  return { ...rest, images: Object.fromEntries(frames) };
}

async function namedFrame(name: string, source: FrameSource, warn: Warn): Promise<CameraFrame> {
  if (source === undefined || source === null) {
    throw new VlaPrunerError("observation-invalid", {
      expected: `a frame of camera ${name}`,
      found: String(source),
      fix: "pass its picture; leave the camera out where it is absent and the model can do without",
    });
  }
  const frame = await readFrame(source);
  if (isDark(frame))
    warn(
      `dark-frame ${name}`,
      `the picture of camera ${name} is black: no value above 1; is the camera on, or are these floats in 0 … 1 that were not scaled to 0 … 255?`,
    );
  return frame;
}

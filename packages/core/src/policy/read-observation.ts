import { VlaPrunerError } from "@vla-pruner/format";
import type { Observation, ObservationInput } from "../observation.ts";
import { readFrame } from "../transformers/read-frame.ts";

/**
 * An observation as adapters want it: cameras under the model's names, frames decoded.
 *
 * @param cameras the model's name of a camera → the name that observations give it
 * @throws `image-invalid`, `observation-invalid` where a frame comes under both names
 */
export async function readObservation(
  input: ObservationInput,
  cameras: Readonly<Record<string, string>>,
): Promise<Observation> {
  const { images, ...rest } = input;
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
    renamed.map(async ([name, source]) => [name, await readFrame(source)] as const),
  );
  return { ...rest, images: Object.fromEntries(frames) };
}

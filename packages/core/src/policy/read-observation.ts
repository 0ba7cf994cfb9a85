import { VlaPrunerError } from "@vla-pruner/format";
import type { Observation, ObservationInput } from "../observation.ts";
import { readFrame } from "../transformers/read-frame.ts";

/** `satisfies` makes a part that is new there an error here. */
const PARTS = Object.keys({
  images: true,
  instruction: true,
  state: true,
  pixelValues: true,
  inputIds: true,
  imageMasks: true,
  noise: true,
  extras: true,
} satisfies Record<keyof Observation, true>);

/**
 * An observation as adapters want it: cameras under the model's names, frames decoded.
 *
 * @param cameras the model's name of a camera → the name that observations give it
 * @throws `image-invalid`, `observation-invalid` where a frame comes under both names, or a part is none
 */
export async function readObservation(
  input: ObservationInput,
  cameras: Readonly<Record<string, string>>,
): Promise<Observation> {
  checkParts(input);
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

/** A misspelt state would be left out in silence. */
function checkParts(input: ObservationInput): void {
  const foreign = Object.keys(input).find((name) => !PARTS.includes(name));
  if (foreign === undefined) return;
  throw new VlaPrunerError("observation-invalid", {
    expected: `parts of an observation: ${PARTS.join(", ")}`,
    found: foreign,
    fix: "correct the name, or pass what is your own within extras",
  });
}

import { isObject, VlaPrunerError } from "@vla-pruner/format";
import type { Observation, ObservationInput } from "../observation.ts";
import type { ModelLayout } from "../vla-adapter.ts";

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
 * The parts of an observation that are there, after checking that each is one, that no two contradict each other, and
 * that the model reads them: what it does not read would be left out in silence.
 *
 * @param reads what the model says that it reads
 * @throws `observation-invalid`
 */
export function checkParts(input: ObservationInput, reads: ModelLayout["reads"]): ObservationInput {
  if (!isObject(input))
    throw invalid("an observation: { images, instruction }", kindOf(input), "pass an object");
  const parts = Object.entries(input).filter(([, value]) => value !== undefined);
  for (const [name, value] of parts) {
    if (!PARTS.includes(name))
      throw invalid(
        `parts of an observation: ${PARTS.join(", ")}`,
        name,
        "correct the name, or pass what is your own within extras",
      );
    if (value === null) throw invalid(`${name}, or none`, "null", `leave ${name} out`);
  }
  const given = Object.fromEntries(parts) as ObservationInput;
  checkImages(given);
  for (const part of ["state", "noise"] as const) {
    const length = given[part]?.length ?? 0;
    if (length > 0 && reads?.[part] === false)
      throw invalid(
        `no ${part}: this model reads none`,
        `${part} of ${length} numbers`,
        `leave it out, or check that this is the model that you mean`,
      );
  }
  const state: unknown = given.state; // a typed array serves as well
  return ArrayBuffer.isView(state) && !(state instanceof DataView)
    ? { ...given, state: Array.from(state as Float64Array) }
    : given;
}

function checkImages({ images, pixelValues, imageMasks }: ObservationInput): void {
  if (images === undefined) return;
  if (!isObject(images) || ("data" in images && "width" in images))
    throw invalid(
      "images: camera names and their frames",
      isObject(images) ? "a frame" : kindOf(images),
      "pass { images: { image: frame } }",
    );
  for (const [other, value] of Object.entries({ pixelValues, imageMasks })) {
    if (value !== undefined)
      throw invalid(
        `images, or ${other === "pixelValues" ? "pixelValues" : "pixelValues with imageMasks"}`,
        `images and ${other}`,
        `leave ${other} out: frames say by their names which views are there`,
      );
  }
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "an array" : value === null ? "null" : typeof value;
}

function invalid(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("observation-invalid", { expected, found, fix });
}

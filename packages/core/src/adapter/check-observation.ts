import { VlaPrunerError } from "@vla-pruner/format";
import { firstNotFinite } from "../first-not-finite.ts";
import type { PixelValues } from "../observation.ts";

/** A refused observation: `observation-invalid`. */
export function invalidObservation(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("observation-invalid", { expected, found, fix });
}

/**
 * Numbers of an observation, none of them NaN or infinite.
 *
 * @param what for the error: "state"
 * @throws `observation-invalid`
 */
export function checkFinite<Values extends ArrayLike<number>>(
  values: Values,
  what: string,
  fix: string,
): Values {
  if (values instanceof Float32Array && firstNotFinite(values) < 0) return values;
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isFinite(values[index]))
      throw invalidObservation(`finite ${what}`, `${values[index]} at ${index}`, fix);
  }
  return values;
}

/**
 * Given pixels, after checking shape and numbers.
 *
 * @param expected `[views, channels, height, width]`; `[1, views · channels, height, width]` is the same memory
 * @param masks which views are there, `[views]`: the others are left out, whatever lies in them
 * @returns `[present, channels, height, width]`
 * @throws `observation-invalid`
 */
export function checkPixels(
  { data, dims }: PixelValues,
  expected: readonly number[],
  masks?: readonly boolean[],
): Required<PixelValues> {
  const [views = 0, channels = 0, ...sides] = expected;
  if (!(data instanceof Float32Array))
    throw invalidObservation(
      "pixelValues.data as a Float32Array",
      Object.prototype.toString.call(data),
      "normalise the picture as in training, or pass it as images",
    );
  const flat = [1, views * channels, ...sides];
  const fits = dims === undefined || [expected, flat].some((shape) => String(shape) === String(dims));
  const size = channels * sides.reduce((product, side) => product * side, 1);
  if (!fits || data.length !== views * size) {
    throw invalidObservation(
      `pixelValues of shape ${JSON.stringify(expected)}, ${views * size} values`,
      `${JSON.stringify(dims ?? expected)}, ${data.length} values`,
      "pass what the vision graph wants, channels first, with a slot for every view",
    );
  }
  const present = masks?.includes(false) === true ? presentSlots(data, size, masks) : data;
  checkFinite(present, "pixelValues", "check the camera and the normalisation for NaN");
  return { data: present, dims: [present.length / size, channels, ...sides] };
}

function presentSlots(data: Float32Array, size: number, masks: readonly boolean[]): Float32Array {
  const slots = masks.flatMap((present, slot) => (present ? [slot] : []));
  const pixels = new Float32Array(slots.length * size);
  for (const [index, slot] of slots.entries())
    pixels.set(data.subarray(slot * size, (slot + 1) * size), index * size);
  return pixels;
}

/**
 * Which views are there, `[views]`: all of them where nothing is said.
 *
 * @throws `observation-invalid`
 */
export function checkMasks(masks: readonly boolean[] | undefined, views: number): readonly boolean[] {
  if (masks === undefined) return Array.from({ length: views }, () => true);
  if (masks.length === views && masks.every((mask) => typeof mask === "boolean")) return masks;
  throw invalidObservation(
    `imageMasks of ${views} views`,
    JSON.stringify(masks),
    "say of every view whether it is there, true or false",
  );
}

/**
 * The robot's state, after checking numbers and length.
 *
 * @param most numbers at most
 * @param least numbers at least
 * @throws `observation-invalid`
 */
export function checkState(
  state: readonly number[] | undefined,
  most: number,
  least: number = most,
): readonly number[] {
  if (!Array.isArray(state) || state.length < least || state.length > most) {
    throw invalidObservation(
      `a state of ${least === most ? most : `${least} to ${most}`} numbers`,
      state === undefined ? "none" : Array.isArray(state) ? `${state.length}` : typeof state,
      "pass the state that the model was trained on, in robot units",
    );
  }
  return checkFinite(state, "state", "check the robot's sensors");
}

import { VlaPrunerError } from "@vla-pruner/core";
import type { PixelValues } from "@vla-pruner/core";

/**
 * Given pixels, after checking shape and numbers.
 *
 * @param expected `[1, 3 · towers, side, side]`
 */
export function checkPixels(pixels: PixelValues, expected: readonly number[]): Required<PixelValues> {
  const { data, dims = expected } = pixels;
  const size = expected.reduce((product, dim) => product * dim, 1);
  if (
    dims.length !== expected.length ||
    dims.some((dim, axis) => dim !== expected[axis]) ||
    data.length !== size
  ) {
    throw invalid(
      `pixelValues of shape ${JSON.stringify(expected)}, ${size} values`,
      `${JSON.stringify(dims)}, ${data.length} values`,
      "pass what the vision graph wants, channels first",
    );
  }
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0)
    throw invalid(
      "finite pixelValues",
      `${data[index]} at ${index}`,
      "check the camera and the normalisation for NaN",
    );
  return { data, dims };
}

/**
 * Given token ids, after checking that they are in the vocabulary and leave room for the actions.
 *
 * @param room tokens that the position table has left for the prompt's words
 */
export function checkIds(ids: readonly number[], vocabulary: number, room: number): readonly number[] {
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (wrong !== undefined)
    throw invalid(
      `token ids from 0 to ${vocabulary - 1}`,
      String(wrong),
      "check that tokenizer and model belong together",
    );
  if (ids.length < 2)
    throw invalid(
      "a prompt of at least two tokens, BOS first",
      `${ids.length}`,
      "give an instruction, or ids that begin with BOS",
    );
  if (ids.length > room)
    throw invalid(`a prompt of at most ${room} tokens`, `${ids.length}`, "shorten the instruction");
  return ids;
}

/** A refused observation. */
export function invalid(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("observation-invalid", { expected, found, fix });
}

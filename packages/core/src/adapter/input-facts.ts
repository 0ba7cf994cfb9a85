/**
 * One thing that a model does with what it is given, in words and numbers that can be held against training code.
 */
export interface InputFact {
  /** "resize" */
  readonly about: string;
  readonly says: string;
  /** The same for programs, where there are numbers in it. */
  readonly value?: unknown;
}

/** What every adapter does with a frame before anything else. */
export const FRAME_FACT: InputFact = {
  about: "picture",
  says: "RGB, bytes 0 … 255, [height, width, 3]; grey is repeated, alpha dropped, a file's EXIF orientation applied",
};

/** Numbers of a fact: four digits each. */
export function inFigures(values: readonly number[]): string {
  return `[${values.map((value) => Number(value.toPrecision(4))).join(", ")}]`;
}

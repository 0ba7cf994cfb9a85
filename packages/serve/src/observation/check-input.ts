import type { ObservationInput } from "@vla-pruner/core";
import { isFlag, isNumber, isText, isWhole, listOf } from "@vla-pruner/format";
import type { Test } from "@vla-pruner/format";
import { kindOf } from "../codec/numpy-array.ts";
import { refused } from "../codec/refused.ts";
import { isFields } from "../codec/unpack.ts";

/** Parts of an observation, and what each must be; pictures are pixels: a path or an address is never followed. */
const PARTS: Readonly<Record<keyof ObservationInput, readonly [fits: Test, words: string]>> = {
  images: [(value) => isFields(value) && Object.values(value).every(isPixels), "pictures as pixels"],
  instruction: [isText, "a text"],
  state: [listOf(isNumber), "finite numbers"],
  inputIds: [listOf(isWhole), "whole numbers"],
  imageMasks: [listOf(isFlag), "true and false"],
  noise: [(value) => value instanceof Float32Array, "float32 values"],
  pixelValues: [
    (value) =>
      isFields(value) &&
      value["data"] instanceof Float32Array &&
      (value["dims"] === undefined || listOf(isNumber)(value["dims"])),
    "float32 values and dims",
  ],
  extras: [isFields, "a map"],
};

/** An observation as it came over the wire, checked part by part. @throws `observation-invalid` */
export function checkInput(value: unknown): ObservationInput {
  if (!isFields(value)) throw refused("an observation", kindOf(value), "send a map of its parts");
  for (const [name, part] of Object.entries(value)) {
    const known = Object.hasOwn(PARTS, name) ? PARTS[name as keyof ObservationInput] : undefined;
    if (known === undefined)
      throw refused(
        `parts of an observation: ${Object.keys(PARTS).join(", ")}`,
        name.slice(0, 40),
        "leave it out",
      );
    if (!known[0](part)) throw refused(`${name}: ${known[1]}`, kindOf(part), "correct it");
  }
  return value;
}

function isPixels(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { data, width, height, channels } = value;
  const sides = [width, height, channels].every((side) => Number.isSafeInteger(side) && (side as number) > 0);
  if (!sides || !(data instanceof Uint8Array)) return false;
  return data.length === (width as number) * (height as number) * (channels as number);
}

import { isFlag, isNumber, isObject, isText, listOf, objectOf, VlaPrunerError } from "@vla-pruner/format";
import type { Test } from "@vla-pruner/format";
import type { RecordedStep } from "../verify/compare-steps.ts";
import { takeRecorded } from "./take-recorded.ts";

/** One line of `episode.jsonl`, checked; paths as they stand in the file. */
export interface EpisodeLine {
  readonly reset: boolean;
  readonly instruction?: string;
  readonly inputIds?: readonly number[];
  readonly images?: Readonly<Record<string, string>>;
  readonly pixelValues?: string;
  readonly imageMasks?: readonly boolean[];
  readonly state?: readonly number[];
  readonly noise?: string;
  /** What a run gave for this line, for `verify --against`; a run itself does not read it. */
  readonly recorded?: RecordedStep;
}

/** Keys of a line: how each is called inside, what it must be, and how to say so. */
const KEYS: Readonly<Record<string, readonly [keyof EpisodeLine, Test, string]>> = {
  instruction: ["instruction", isText, "a string"],
  input_ids: ["inputIds", listOf(isNumber), "an array of numbers"],
  images: ["images", objectOf(isText), "an object of camera names and paths"],
  pixel_values: ["pixelValues", isText, "a path"],
  image_masks: ["imageMasks", listOf(isFlag), "an array of true and false"],
  state: ["state", listOf(isNumber), "an array of numbers"],
  noise: ["noise", isText, "a path"],
};

/**
 * Parses one line.
 *
 * @param place file and line number, for the error
 * @throws `episode-file-invalid`
 */
export function parseEpisodeLine(text: string, place: string): EpisodeLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(place, "a JSON object on each line", cause instanceof Error ? cause.message : text);
  }
  if (!isObject(value)) throw broken(place, "a JSON object on each line", text.slice(0, 60));
  if ("reset" in value) {
    if (value["reset"] !== true) throw broken(place, '"reset": true', JSON.stringify(value["reset"]));
    const beside = Object.keys(value).find((key) => key !== "reset");
    if (beside === undefined) return { reset: true };
    throw broken(place, '"reset": true alone, the step after it in the next line', JSON.stringify(beside));
  }
  const { recorded, rest } = takeRecorded(value, (expected, found) => broken(place, expected, found));
  const unknown = Object.keys(rest).find((key) => !Object.hasOwn(KEYS, key));
  if (unknown !== undefined)
    throw broken(place, `keys among reset, ${Object.keys(KEYS).join(", ")}`, JSON.stringify(unknown));
  const line: Record<string, unknown> = { reset: false };
  for (const [key, [name, fits, kind]] of Object.entries(KEYS)) {
    const part = rest[key];
    if (part === undefined) continue;
    if (!fits(part)) throw broken(place, `"${key}": ${kind}`, JSON.stringify(part).slice(0, 60));
    line[name] = part;
  }
  return { ...(line as unknown as EpisodeLine), ...(recorded && { recorded }) };
}

function broken(place: string, expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("episode-file-invalid", {
    expected: `${place}: ${expected}`,
    found,
    fix: "correct this line",
  });
}

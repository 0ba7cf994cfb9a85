import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { readFrame } from "@vla-pruner/core";
import type { CameraFrame, ObservationInput } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import { decodeText } from "@vla-pruner/format/files";
import type { RecordedStep } from "../verify/compare-steps.ts";
import { parseEpisodeLine } from "./parse-line.ts";
import type { EpisodeLine } from "./parse-line.ts";

/** A step of an episode file: start anew, or look and act. `place`: file and line number. */
export type EpisodeStep =
  | { readonly reset: true; readonly place: string }
  | {
      readonly reset: false;
      readonly place: string;
      readonly recorded?: RecordedStep;
      readonly load: () => Promise<ObservationInput>;
    };

/**
 * Reads an episode file. Every line is checked before the first step runs; pictures and tensors are read
 * step by step, from paths relative to the file.
 *
 * @throws `episode-file-invalid`
 */
export async function readEpisode(path: string): Promise<EpisodeStep[]> {
  const text = await readFile(path)
    .then(decodeText)
    .catch((cause: unknown) => {
      throw new VlaPrunerError("episode-file-invalid", {
        expected: `a readable episode file at ${path}`,
        found: cause instanceof Error ? cause.message : String(cause),
        fix: "check the path",
        cause,
      });
    });
  const numbered = text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), place: `${path}:${index + 1}` }));
  const steps = numbered
    .filter(({ line }) => line !== "")
    .map(({ line, place }) => ({ ...parseEpisodeLine(line, place), place }));
  if (steps.every(({ reset }) => reset)) {
    throw new VlaPrunerError("episode-file-invalid", {
      expected: `at least one step in ${path}`,
      found: steps.length === 0 ? "an empty file" : "only resets",
      fix: "write a line for each control step",
    });
  }
  const folder = dirname(path);
  return steps.map(({ reset, place, recorded, ...line }) => {
    if (reset) return { reset, place };
    const load = (): Promise<ObservationInput> => loadObservation(line, folder, place);
    return { reset, place, load, ...(recorded && { recorded }) };
  });
}

type Line = Omit<EpisodeLine, "reset" | "recorded">;

async function loadObservation(line: Line, folder: string, place: string): Promise<ObservationInput> {
  const { images, pixelValues, imageMasks, noise, instruction, inputIds, state } = line;
  return {
    ...(instruction !== undefined && { instruction }),
    ...(inputIds !== undefined && { inputIds }),
    ...(imageMasks !== undefined && { imageMasks }),
    ...(state !== undefined && { state }),
    ...(images !== undefined && { images: await loadImages(images, folder) }),
    ...(pixelValues !== undefined && {
      pixelValues: { data: await loadFloats(resolve(folder, pixelValues), place) },
    }),
    ...(noise !== undefined && { noise: await loadFloats(resolve(folder, noise), place) }),
  };
}

async function loadImages(
  images: Readonly<Record<string, string>>,
  folder: string,
): Promise<Record<string, CameraFrame>> {
  const frames = Object.entries(images).map(
    async ([name, file]) => [name, await readFrame(resolve(folder, file))] as const,
  );
  return Object.fromEntries(await Promise.all(frames));
}

/** Raw little-endian float32. */
async function loadFloats(path: string, place: string): Promise<Float32Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(place, path, cause instanceof Error ? cause.message : String(cause));
  });
  if (bytes.length % 4 !== 0) throw unreadable(place, path, `${bytes.length} bytes, not a multiple of 4`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true));
}

function unreadable(place: string, path: string, found: string): VlaPrunerError {
  return new VlaPrunerError("episode-file-invalid", {
    expected: `${place}: raw little-endian float32 values in ${path}`,
    found,
    fix: "correct the path or write the file again",
  });
}

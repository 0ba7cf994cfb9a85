import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashNoise } from "@vla-pruner/onnx/convert";
import { makeFolder } from "./folder.ts";

/** Numbers in `pixel_values` of the tiny checkpoint: six channels of 56 × 56. */
export const PIXELS: number = 6 * 56 * 56;

/** Token ids of a prompt. */
export const IDS: readonly number[] = [1, 17, 230, 431, 5, 999];

/** Writes an episode file with the given lines; gives its path. Strings are written as they are. */
export async function writeEpisode(folder: string, lines: readonly unknown[]): Promise<string> {
  const path = join(folder, "episode.jsonl");
  const texts = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  await writeFile(path, texts.map((text) => `${text}\n`).join(""));
  return path;
}

/** Writes raw float32 pixels; gives the file's name. */
export async function writePixels(folder: string, name: string, pixels: Float32Array): Promise<string> {
  await writeFile(join(folder, name), new Uint8Array(pixels.buffer));
  return name;
}

/** Lines of numeric steps whose pixels differ from step to step. */
export async function numericLines(folder: string, steps: number): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for (let step = 0; step < steps; step += 1) {
    const pixels = await writePixels(folder, `step${step}.bin`, hashNoise(step, 0, PIXELS));
    lines.push({ pixel_values: pixels, input_ids: IDS });
  }
  return lines;
}

let shared: Promise<string> | undefined;

/** An episode of five numeric steps: enough for the window to fill and two steps to be pruned. */
export function numericEpisode(): Promise<string> {
  shared ??= makeNumericEpisode();
  return shared;
}

async function makeNumericEpisode(): Promise<string> {
  const folder = makeFolder();
  return writeEpisode(folder, await numericLines(folder, 5));
}

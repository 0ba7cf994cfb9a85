import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointSpec } from "./checkpoint.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { makeFolder } from "./folder.ts";
import { succeed } from "./run-cli.ts";

let shared: Promise<string> | undefined;

/** The model directory of the tiny checkpoint: made once, for tests that only read it. */
export function tinyModel(): Promise<string> {
  shared ??= convertTiny();
  return shared;
}

/** Converts a tiny checkpoint; gives the model directory. */
export async function convertTiny(spec: CheckpointSpec = {}, ...options: readonly string[]): Promise<string> {
  const folder = makeFolder();
  const checkpoint = await writeCheckpoint(join(folder, "checkpoint"), spec);
  const model = join(folder, "model");
  await succeed("convert", checkpoint, "--out", model, ...options);
  return model;
}

/** A copy of the tiny model directory, to be damaged. */
export async function copyOfTinyModel(): Promise<string> {
  const copy = join(makeFolder(), "model");
  await cp(await tinyModel(), copy, { recursive: true });
  return copy;
}

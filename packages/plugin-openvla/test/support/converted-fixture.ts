import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertCheckpoint, openCheckpoint } from "@vla-pruner/onnx";
import type { RecipeOptions } from "@vla-pruner/onnx";
import { openvlaRecipe } from "../../src/convert.ts";
import { writeCheckpoint } from "./openvla-fixture.ts";
import type { OpenVlaFixture } from "./openvla-fixture.ts";

const made = new Map<string, Promise<string>>();
const folders: string[] = [];
process.once("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** The model directory of a fixture. Made once, shared by all test files of a process, removed at its end. */
export async function convertedFixture(fixture: OpenVlaFixture, dtype = "fp32"): Promise<string> {
  const key = `${fixture.name} ${dtype}`;
  const model = made.get(key) ?? convertFixture(fixture, dtype);
  made.set(key, model);
  return model;
}

async function convertFixture(fixture: OpenVlaFixture, dtype: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeCheckpoint(join(folder, "checkpoint"), fixture);
  await convertFolder(join(folder, "checkpoint"), join(folder, "model"), fixture.options, dtype);
  return join(folder, "model");
}

/** What `vla-pruner convert` does, without the command line. */
export async function convertFolder(
  checkpoint: string,
  out: string,
  options: RecipeOptions,
  dtype = "fp32",
): Promise<void> {
  const { config, files, weights } = await openCheckpoint(checkpoint);
  try {
    await convertCheckpoint({
      recipe: openvlaRecipe,
      config,
      files,
      checkpoint: weights,
      companions: checkpoint,
      out,
      dtype,
      options,
    });
  } finally {
    await weights.close();
  }
}

/** A folder that goes with the process. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vla-pruner-openvla-"));
  folders.push(folder);
  return folder;
}

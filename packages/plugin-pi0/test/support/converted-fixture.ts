import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VlaModel } from "@vla-pruner/core";
import { convertCheckpoint, openCheckpoint } from "@vla-pruner/onnx";
import type { RecipeOptions } from "@vla-pruner/onnx";
import { pi0Recipe } from "../../src/convert.ts";
import { PRUNE_LAYER } from "./fixtures.ts";
import type { Pi0Fixture } from "./fixtures.ts";
import { writeCheckpoint } from "./pi0-fixture.ts";

const made = new Map<string, Promise<VlaModel>>();

/** What of a fixture is converted: with its statistics, or with vectors passing as they are. */
export interface FixtureOptions {
  readonly statistics?: boolean;
  readonly dtype?: string;
}

/** A fixture's model. Made once, shared by all test files of a process, removed at its end. */
export async function fixtureModel(fixture: Pi0Fixture, options: FixtureOptions = {}): Promise<VlaModel> {
  const key = `${fixture.name} ${JSON.stringify(options)}`;
  const model = made.get(key) ?? loadFixture(fixture, options);
  made.set(key, model);
  return model;
}

async function loadFixture(fixture: Pi0Fixture, { statistics, dtype }: FixtureOptions): Promise<VlaModel> {
  const folder = await temporaryFolder();
  const checkpoint = join(folder, "checkpoint");
  await writeCheckpoint(checkpoint, fixture);
  const options = { statistics: statistics ?? false, dtype: dtype ?? "fp32" };
  await convertFolder(checkpoint, join(folder, "model"), { pruneLayer: PRUNE_LAYER }, options);
  return VlaModel.from_pretrained(join(folder, "model"));
}

/** What `vla-pruner convert` does, without the command line. */
export async function convertFolder(
  folder: string,
  out: string,
  options: RecipeOptions,
  { statistics = true, dtype = "fp32" }: FixtureOptions = {},
): Promise<void> {
  const { config, files, weights } = await openCheckpoint(folder);
  const source = { config, files: statistics ? files : {}, checkpoint: weights, companions: folder };
  try {
    await convertCheckpoint({ recipe: pi0Recipe, ...source, out, dtype, options });
  } finally {
    await weights.close();
  }
}

/** A folder that goes with the process. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vla-pruner-pi0-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { VlaModel } from "@vla-pruner/core";
import type { Target } from "@vla-pruner/format";
import { convertFolder } from "@vla-pruner/onnx/convert";
import { temporaryFolder } from "../../../core/test/support/temporary-folder.ts";
import { pi0Recipe } from "../../src/convert.ts";
import { PRUNE_LAYER } from "./fixtures.ts";
import type { Pi0Fixture } from "./fixtures.ts";
import { writeCheckpoint } from "./pi0-fixture.ts";

const made = new Map<string, Promise<VlaModel>>();

/** What of a fixture is converted: with its statistics, or with vectors passing as they are. */
export interface FixtureOptions {
  readonly statistics?: boolean;
  readonly dtype?: string;
  readonly target?: Target;
  readonly ahead?: boolean;
  /** Euler steps: graphs for a GPU take no others. */
  readonly steps?: number;
}

/** A fixture's model. Made once, shared by all test files of a process, removed at its end. */
export async function fixtureModel(fixture: Pi0Fixture, options: FixtureOptions = {}): Promise<VlaModel> {
  const { target = "cpu" } = options;
  const fixed = target === "cpu" ? { ...options, steps: undefined } : options;
  const key = JSON.stringify([fixture.config, fixed]);
  const model = made.get(key) ?? loadFixture(fixture, options);
  made.set(key, model);
  return model;
}

/** A fixture's model, loaded for its caller alone. */
export async function loadFixture(fixture: Pi0Fixture, options: FixtureOptions): Promise<VlaModel> {
  return VlaModel.from_pretrained(await convertedFixture(fixture, options));
}

/** A fixture's model directory, for its caller alone. */
export async function convertedFixture(
  fixture: Pi0Fixture,
  { statistics = false, dtype = "fp32", target = "cpu", ahead = false, steps }: FixtureOptions,
): Promise<string> {
  const folder = await temporaryFolder();
  const [checkpoint, out] = [join(folder, "checkpoint"), join(folder, "model")];
  await writeCheckpoint(checkpoint, fixture);
  if (!statistics) await rm(join(checkpoint, "norm_stats.json"));
  const options = {
    pruneLayer: PRUNE_LAYER,
    target,
    ...(ahead && { ahead }),
    ...(steps !== undefined && { steps }),
  };
  await convertFolder({ recipe: pi0Recipe, folder: checkpoint, out, dtype, options });
  return out;
}

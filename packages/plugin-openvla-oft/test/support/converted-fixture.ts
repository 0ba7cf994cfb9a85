import { join } from "node:path";
import { VlaModel } from "@vla-pruner/core";
import { convertFolder } from "@vla-pruner/onnx/convert";
import type { RecipeOptions } from "@vla-pruner/onnx/convert";
import { temporaryFolder } from "../../../core/test/support/temporary-folder.ts";
import { openvlaOftRecipe } from "../../src/convert.ts";
import type { OftFixture } from "./fixtures.ts";
import { addComponents, writeBase } from "./oft-fixture.ts";

/** What of a fixture is converted: views (all), head (L1), number format. */
export interface FixtureOptions extends RecipeOptions {
  readonly head?: string;
  readonly dtype?: string;
}

/** The checkpoint directory of a fixture. */
export async function fixtureFolder(fixture: OftFixture, head = "."): Promise<string> {
  const folder = await temporaryFolder();
  await writeBase(folder, fixture);
  await addComponents(folder, fixture, head);
  return folder;
}

/** Converts a checkpoint directory and loads it. */
export async function convertAndLoad(folder: string, options: FixtureOptions = {}): Promise<VlaModel> {
  return VlaModel.from_pretrained(await convert(folder, options));
}

/** Converts a checkpoint directory, to single precision unless said otherwise; gives the model directory. */
export async function convert(
  folder: string,
  { dtype = "fp32", ...options }: FixtureOptions = {},
): Promise<string> {
  const out = join(await temporaryFolder(), "model");
  await convertFolder({
    recipe: openvlaOftRecipe,
    folder,
    out,
    dtype,
    options: { pruneLayer: 3, ...options },
  });
  return out;
}

/** The model of a fixture, as it would be deployed. */
export async function loadFixture(
  fixture: OftFixture,
  { head, ...options }: FixtureOptions = {},
): Promise<VlaModel> {
  return convertAndLoad(await fixtureFolder(fixture, head), { views: fixture.views, ...options });
}

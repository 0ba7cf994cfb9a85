import { join } from "node:path";
import { convertFolder } from "@vla-pruner/onnx/convert";
import type { RecipeOptions } from "@vla-pruner/onnx/convert";
import { temporaryFolder } from "../../../core/test/support/temporary-folder.ts";
import { openvlaRecipe } from "../../src/convert.ts";
import { writeCheckpoint } from "./openvla-fixture.ts";
import type { OpenVlaFixture } from "./openvla-fixture.ts";

const made = new Map<string, Promise<string>>();

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
  return convertIn(folder, fixture.options, dtype);
}

/** Converts the checkpoint in `folder/checkpoint`; gives the model directory beside it. */
export async function convertIn(folder: string, options: RecipeOptions, dtype = "fp32"): Promise<string> {
  const out = join(folder, "model");
  await convertFolder({ recipe: openvlaRecipe, folder: join(folder, "checkpoint"), out, dtype, options });
  return out;
}

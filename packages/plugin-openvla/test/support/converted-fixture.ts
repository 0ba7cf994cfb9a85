import { join } from "node:path";
import type { Target } from "@vla-pruner/format";
import { convertFolder } from "@vla-pruner/onnx/convert";
import type { ConvertedDtypes, RecipeOptions } from "@vla-pruner/onnx/convert";
import { temporaryFolder } from "../../../core/test/support/temporary-folder.ts";
import { openvlaRecipe } from "../../src/convert.ts";
import { writeCheckpoint } from "./openvla-fixture.ts";
import type { OpenVlaFixture } from "./openvla-fixture.ts";

const made = new Map<string, Promise<string>>();

/** The model directory of a fixture. Made once, shared by all test files of a process, removed at its end. */
export async function convertedFixture(
  fixture: OpenVlaFixture,
  dtype: ConvertedDtypes = "fp32",
  target: Target = "cpu",
): Promise<string> {
  const key = `${fixture.name} ${JSON.stringify(dtype)} ${target}`;
  const model = made.get(key) ?? convertFixture(fixture, dtype, target);
  made.set(key, model);
  return model;
}

async function convertFixture(
  fixture: OpenVlaFixture,
  dtype: ConvertedDtypes,
  target: Target,
): Promise<string> {
  const folder = await temporaryFolder();
  await writeCheckpoint(join(folder, "checkpoint"), fixture);
  return convertIn(folder, { ...fixture.options, target }, dtype);
}

/** Converts the checkpoint in `folder/checkpoint`; gives the model directory beside it. */
export async function convertIn(
  folder: string,
  options: RecipeOptions,
  dtype: ConvertedDtypes = "fp32",
): Promise<string> {
  const out = join(folder, "model");
  await convertFolder({ recipe: openvlaRecipe, folder: join(folder, "checkpoint"), out, dtype, options });
  return out;
}

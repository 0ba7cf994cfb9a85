import { join } from "node:path";
import { VlaModel } from "@vla-pruner/core";
import type { Target } from "@vla-pruner/format";
import { convertFolder } from "@vla-pruner/onnx/convert";
import type { ConvertedDtypes, RecipeOptions } from "@vla-pruner/onnx/convert";
import { temporaryFolder } from "../../../core/test/support/temporary-folder.ts";
import { openvlaRecipe } from "../../src/convert.ts";
import { writeCheckpoint } from "./openvla-fixture.ts";
import type { OpenVlaFixture } from "./openvla-fixture.ts";

const made = new Map<string, Promise<string>>();

/** The graphs of a target, or for CUDA the one of a whole call. */
export type Form = Target | "cuda, ahead";

function optionsOf(form: Form): RecipeOptions {
  return form === "cuda, ahead" ? { target: "cuda", ahead: true } : { target: form };
}

/** The model directory of a fixture. Made once, shared by all test files of a process, removed at its end. */
export async function convertedFixture(
  fixture: OpenVlaFixture,
  dtype: ConvertedDtypes = "fp32",
  form: Form = "cpu",
): Promise<string> {
  const key = `${fixture.name} ${JSON.stringify(dtype)} ${form}`;
  const model = made.get(key) ?? convertFixture(fixture, dtype, form);
  made.set(key, model);
  return model;
}

const loaded = new Map<string, Promise<VlaModel>>();

/** A fixture's model in float32. Loaded once, shared by all test files of a process: none of them disposes it. */
export async function fixtureModel(fixture: OpenVlaFixture, form: Form = "cpu"): Promise<VlaModel> {
  const key = `${fixture.name} ${form}`;
  const model = loaded.get(key) ?? convertedFixture(fixture, "fp32", form).then(load);
  loaded.set(key, model);
  return model;
}

function load(folder: string): Promise<VlaModel> {
  return VlaModel.from_pretrained(folder);
}

async function convertFixture(fixture: OpenVlaFixture, dtype: ConvertedDtypes, form: Form): Promise<string> {
  const folder = await temporaryFolder();
  await writeCheckpoint(join(folder, "checkpoint"), fixture);
  return convertIn(folder, { ...fixture.options, ...optionsOf(form) }, dtype);
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

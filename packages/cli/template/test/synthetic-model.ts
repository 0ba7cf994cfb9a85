import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VlaModel } from "@vla-pruner/core";
import { convertCheckpoint, SyntheticSource } from "@vla-pruner/onnx/convert";
import { toyRecipe } from "../src/convert.ts";
import { TOY_CONFIG } from "../src/toy-sizes.ts";

let model: Promise<VlaModel> | undefined;

/** A small model of random weights, as `convert --synthetic` makes it; one for all tests, gone when they end. */
export async function syntheticModel(): Promise<VlaModel> {
  model ??= makeModel();
  return model;
}

async function makeModel(): Promise<VlaModel> {
  const folder = mkdtempSync(join(tmpdir(), "toy-vla-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const out = join(folder, "model");
  await convertCheckpoint({
    recipe: toyRecipe,
    config: TOY_CONFIG,
    files: {},
    checkpoint: new SyntheticSource(toyRecipe.tensors(TOY_CONFIG), 7),
    companions: null,
    out,
    dtype: "fp32",
    options: {},
  });
  return VlaModel.from_pretrained(out);
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convert } from "../../tools/add-policy.ts";
import { REPOSITORY } from "../../tools/places.ts";
import { MINIATURE, makeMiniature } from "./miniature.ts";

let folder: Promise<string> | undefined;
const converted = new Map<string, Promise<void>>();

/**
 * A folder with a model directory for each checkpoint that is asked for, converted once a run: "tiny-openvla-oft" in
 * fp32, "tiny-openvla-oft.q8" in q8.
 */
export async function modelsOf(...names: readonly string[]): Promise<string> {
  folder ??= mkdtemp(join(tmpdir(), "vla-pruner-browser-"));
  const models = await folder;
  for (const name of names) {
    if (!converted.has(name)) converted.set(name, make(name, join(models, name)));
    await converted.get(name);
  }
  return models;
}

function make(name: string, out: string): Promise<void> {
  if (name === MINIATURE) return makeMiniature(out);
  const [checkpoint = "", dtype = "fp32"] = name.split(".");
  return convert([join(REPOSITORY, "checkpoints", checkpoint), "--out", out, "--dtype", dtype]);
}

export async function removeModels(): Promise<void> {
  if (folder !== undefined) await rm(await folder, { recursive: true, force: true });
}

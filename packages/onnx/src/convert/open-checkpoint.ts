import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { decodeText } from "@vla-pruner/format/files";
import { SafetensorsCheckpoint } from "../safetensors/checkpoint.ts";
import { otherWeights } from "../safetensors/other-weights.ts";
import { SafetensorsFile } from "../safetensors/safetensors-file.ts";
import { sizeOf } from "../weights/tensor-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { componentFiles, openComponents } from "./component-files.ts";
import { findFiles } from "./checkpoint-files.ts";
import { unmerged } from "./foreign-tensors.ts";
import type { CheckpointConfig, ModelRecipe } from "./model-recipe.ts";

/** Beside the weights; a folder of its own is what training leaves next to the merged model. */
const ADAPTER_FILE = /^adapter_(?:config\.json|model\.(?:safetensors|bin))$/u;

/** A checkpoint directory, opened: its config, its other small JSON files, its weights. */
export interface OpenCheckpoint {
  readonly config: CheckpointConfig;
  /** By path within the checkpoint; vectors as `{ tensor name: numbers }`. */
  readonly files: Readonly<Record<string, unknown>>;
  /** Of the base model and, with `<component>.` in front of their names, of the component files. */
  readonly weights: TensorSource;
  /** Names of the declared components that are there. */
  readonly components: readonly string[];
  /** Names of all files and folders that are there. */
  readonly present: readonly string[];
  /** What is unusual about the files and does not stand in the way, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Opens a Hugging Face checkpoint directory.
 *
 * @param recipes what they declare in `files` is read along
 * @throws `checkpoint-missing`, `checkpoint-invalid`, `checkpoint-truncated`, `config-invalid`
 */
export async function openCheckpoint(
  folder: string,
  recipes: readonly Pick<ModelRecipe, "files">[],
): Promise<OpenCheckpoint> {
  const present = await readdir(folder).catch((cause: unknown) => {
    throw new VlaPrunerError("checkpoint-missing", {
      expected: `a checkpoint directory at ${folder}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "pass the folder with config.json and the safetensors files",
      cause,
    });
  });
  if (!present.includes("config.json")) {
    const safetensors = present.some((name) => name.startsWith("model") && name.endsWith(".safetensors"));
    const [found, fix] = safetensors ? ["none"] : otherWeights(present);
    throw new VlaPrunerError("checkpoint-missing", {
      expected: `config.json in ${folder}`,
      found: found === "no weights" ? "none" : found,
      fix: fix ?? "download it from the model's repository",
    });
  }
  if (present.some((name) => ADAPTER_FILE.test(name))) throw unmerged(`adapter_config.json in ${folder}`);
  const config = await readJson(join(folder, "config.json"));
  const wanted = recipes.map(({ files = {} }) => files);
  const json = await findFiles(
    folder,
    present,
    wanted.flatMap((files) => files.json ?? []),
  );
  const vectors = await findFiles(
    folder,
    present,
    wanted.flatMap((files) => files.vectors ?? []),
  );
  const files: Record<string, unknown> = {};
  for (const name of json) files[name] = await readJson(join(folder, name));
  for (const name of vectors) files[name] = await readVectors(join(folder, name));
  const named = wanted.flatMap((own) => Object.entries(own.components ?? {}));
  const components = componentFiles(folder, present, named);
  const base = await SafetensorsCheckpoint.open(folder);
  const weights = await openComponents(base, folder, components);
  return { config, files, weights, components: [...components.keys()], present, warnings: base.warnings };
}

/**
 * Reads a JSON object.
 *
 * @throws `config-invalid`
 */
export async function readJson(path: string): Promise<CheckpointConfig> {
  try {
    const value: unknown = JSON.parse(decodeText(await readFile(path)));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as CheckpointConfig;
    throw new Error("it holds something else");
  } catch (cause) {
    throw new VlaPrunerError("config-invalid", {
      expected: `a JSON object in ${path}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "correct the file, or download it again",
      cause,
    });
  }
}

/** All vectors of a small safetensors file, by tensor name. */
async function readVectors(path: string): Promise<Readonly<Record<string, readonly number[]>>> {
  const file = await SafetensorsFile.open(path);
  try {
    const vectors: Record<string, readonly number[]> = {};
    for (const name of file.names)
      vectors[name] = [...(await file.read(name, 0, sizeOf(file.info(name)?.dims ?? [])))];
    return vectors;
  } finally {
    await file.close();
  }
}

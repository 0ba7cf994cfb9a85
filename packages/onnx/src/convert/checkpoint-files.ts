import { copyFile, readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { isLfsPointer, LFS_POINTER } from "@vla-pruner/format/files";

/**
 * Which files of a checkpoint are meant: the one of a name, or all whose names match, in the checkpoint's
 * folder itself or, with `below`, anywhere in that sub-folder (the path below it is matched, with forward slashes).
 */
export type FilePattern = string | { readonly below?: string; readonly name: RegExp };

/** Files that a recipe wants beside `config.json` and the weights, where they exist. */
export interface CheckpointFiles {
  /** Go into the model directory as they are. Tokenizer and preprocessor files always do. */
  readonly copied?: readonly string[];
  /** JSON objects that `plan` finds under `files`. */
  readonly json?: readonly FilePattern[];
  /** Small safetensors that `plan` finds under `files`, as `{ tensor name: numbers }`. */
  readonly vectors?: readonly FilePattern[];
  /**
   * Modules saved beside the base model, `.pt` or `.safetensors`, by name: their tensors join the weights with
   * `<name>.` in front.
   */
  readonly components?: Readonly<Record<string, RegExp>>;
}

/** Files of a checkpoint that transformers itself reads beside the weights. */
const COMMON: readonly string[] = [
  "added_tokens.json",
  "generation_config.json",
  "preprocessor_config.json",
  "processor_config.json",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
];

/**
 * Copies tokenizer and preprocessor files, and those that the recipe names.
 *
 * @throws `checkpoint-invalid` for one that was not fetched
 */
export async function copyCompanions(from: string, to: string, named: readonly string[] = []): Promise<void> {
  const present = new Set(await readdir(from));
  for (const name of new Set([...COMMON, ...named])) {
    if (!present.has(name)) continue;
    await copyFile(join(from, name), join(to, name));
    if (!isLfsPointer(await readFile(join(to, name)))) continue;
    throw new VlaPrunerError("checkpoint-invalid", {
      expected: `the file ${join(from, name)}`,
      found: LFS_POINTER,
      fix: "fetch it, or remove it where the model is not told in words",
    });
  }
}

/** Paths of the files that any pattern means, relative to the folder, with forward slashes; each once. */
export async function findFiles(
  folder: string,
  present: readonly string[],
  patterns: readonly FilePattern[],
): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    if (typeof pattern === "string") {
      if (present.includes(pattern)) found.add(pattern);
      continue;
    }
    const { below, name } = pattern;
    const names = below === undefined ? present : await namesBelow(join(folder, below));
    for (const path of names.filter((entry) => name.test(entry)).toSorted())
      found.add(below === undefined ? path : `${below}/${path}`);
  }
  return [...found];
}

async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return entries.map((entry) => entry.split(sep).join("/"));
}

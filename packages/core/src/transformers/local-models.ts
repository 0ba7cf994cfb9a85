import { readdir, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { ModelRegistry } from "@huggingface/transformers";
import { VlaPrunerError } from "@vla-pruner/format";
import { cachedSnapshot } from "@vla-pruner/format/files";
import type { Device } from "../runtime/devices.ts";
import type { PretrainedOptions } from "./pretrained-options.ts";

/** Where graphs run unless the user says otherwise. */
export const DEFAULT_DEVICE: Device = "cpu";

/** What may be looked for on the Hub: owner and name, since a name alone is more likely a path that was mistyped. */
export const HUB_ID: RegExp = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/**
 * The absolute path of a directory on this machine, or `null` where there is none. The root of a repository in a
 * Hugging Face cache stands for its snapshot.
 *
 * @throws `model-missing` where it is not clear which snapshot is meant
 */
export async function localDirectory(path: string): Promise<string | null> {
  const absolute = resolve(path);
  const found = await stat(absolute).catch(() => null);
  if (found?.isDirectory() !== true) return null;
  try {
    return cachedSnapshot(absolute) ?? absolute;
  } catch (cause) {
    if (!VlaPrunerError.is(cause)) throw cause;
    const { expected, found: there, fix } = cause;
    throw new VlaPrunerError("model-missing", { expected, found: there, fix, cause });
  }
}

/**
 * Why a name that is no directory is a path all the same, and no Hub id: its parent is here, or a file of that name.
 * `null` where nothing speaks for it.
 */
export async function whyNotLocal(path: string): Promise<string | null> {
  const absolute = resolve(path);
  const there = await stat(absolute).catch(() => null);
  if (there !== null) return "that is a file: pass the directory that it lies in";
  const siblings = path.includes("/") ? await readdir(dirname(absolute)).catch(() => null) : null;
  if (siblings === null) return null;
  const partial = siblings.find((sibling) => sibling.startsWith(`${basename(absolute)}.partial-`));
  if (partial !== undefined) return `${partial} is what a conversion left that was killed: run it again`;
  const some = siblings.toSorted().slice(0, 8).join(", ") || "nothing";
  return `${dirname(path)} has ${some}${siblings.length > 8 ? ", …" : ""}`;
}

/** What can be known of a file without loading it. */
export interface FileFacts {
  readonly exists: boolean;
  /** Bytes; absent where the host does not say. */
  readonly size?: number;
}

/** Looks a model's file up in cache, directory or Hub. Rejects where that cannot be told. */
export function fileFacts(model: string, file: string, options: PretrainedOptions): Promise<FileFacts> {
  return ModelRegistry.get_file_metadata(model, file, { ...options });
}

/** Threads are an option of each session: nothing is set for all. */
export function useThreads(_threads: number | undefined): void {}

import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ModelRegistry } from "@huggingface/transformers";
import type { Device } from "../runtime/devices.ts";
import type { PretrainedOptions } from "./pretrained-options.ts";

/** Where graphs run unless the user says otherwise. */
export const DEFAULT_DEVICE: Device = "cpu";

/** The absolute path of a directory on this machine, or `null` where there is none. */
export async function localDirectory(path: string): Promise<string | null> {
  const absolute = resolve(path);
  const found = await stat(absolute).catch(() => null);
  return found?.isDirectory() === true ? absolute : null;
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

import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { PytorchFile } from "../pytorch/pytorch-file.ts";
import { SafetensorsFile } from "../safetensors/safetensors-file.ts";
import { JoinedSource } from "../weights/joined-source.ts";
import type { JoinedPart } from "../weights/joined-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";

/**
 * Component files by the name of their component, in alphabetical order.
 *
 * @throws `checkpoint-invalid` where a component has several files: which one is meant is not ours to guess
 */
export function componentFiles(
  folder: string,
  present: readonly string[],
  components: readonly (readonly [name: string, file: RegExp])[],
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const file of present.toSorted()) {
    for (const [component, pattern] of components) {
      if (!pattern.test(file)) continue;
      const other = files.get(component) ?? file;
      if (other !== file) {
        throw new VlaPrunerError("checkpoint-invalid", {
          expected: `one file for the component ${component} in ${folder}`,
          found: `${other} and ${file}`,
          fix: "keep the files of one training step in the folder",
        });
      }
      files.set(component, file);
    }
  }
  return files;
}

/**
 * The base model and its components as one source; components' tensors have `<component>.` in front.
 *
 * @throws `checkpoint-invalid`, `checkpoint-truncated`
 */
export async function openComponents(
  base: TensorSource,
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<TensorSource> {
  if (files.size === 0) return base;
  const parts: JoinedPart[] = [{ prefix: "", source: base }];
  try {
    for (const [component, file] of files) {
      const path = join(folder, file);
      const source = file.endsWith(".pt") ? await PytorchFile.open(path) : await SafetensorsFile.open(path);
      parts.push({ prefix: `${component}.`, source });
    }
    return new JoinedSource(parts);
  } catch (error) {
    await Promise.all(parts.map(({ source }) => source.close()));
    throw error;
  }
}

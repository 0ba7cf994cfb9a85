import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import type { TensorInfo, TensorSource } from "../weights/tensor-source.ts";
import { SafetensorsFile } from "./safetensors-file.ts";

const INDEX = "model.safetensors.index.json";

/** The weights of a Hugging Face checkpoint directory: one file, or shards with an index. */
export class SafetensorsCheckpoint implements TensorSource {
  readonly names: readonly string[];
  readonly #byTensor: ReadonlyMap<string, SafetensorsFile>;
  readonly #files: readonly SafetensorsFile[];

  private constructor(byTensor: ReadonlyMap<string, SafetensorsFile>, files: readonly SafetensorsFile[]) {
    this.names = [...byTensor.keys()];
    this.#byTensor = byTensor;
    this.#files = files;
  }

  /**
   * Opens every shard and reads the headers, no weights.
   *
   * @throws `checkpoint-missing`, `checkpoint-invalid`, `checkpoint-truncated`, `tensor-missing`
   */
  static async open(folder: string): Promise<SafetensorsCheckpoint> {
    const { files: names, weightMap } = await listShards(folder);
    const files: SafetensorsFile[] = [];
    const byTensor = new Map<string, SafetensorsFile>();
    try {
      const byName = new Map<string, SafetensorsFile>();
      for (const name of names) {
        const file = await SafetensorsFile.open(join(folder, name));
        files.push(file);
        byName.set(name, file);
        for (const tensor of file.names) byTensor.set(tensor, file);
      }
      // Where two shards hold a tensor, the index decides.
      for (const [tensor, name] of Object.entries(weightMap)) {
        const file = byName.get(name);
        if (file === undefined || !file.has(tensor)) throw notInShard(tensor, name);
        byTensor.set(tensor, file);
      }
    } catch (error) {
      await Promise.all(files.map((file) => file.close()));
      throw error;
    }
    return new SafetensorsCheckpoint(byTensor, files);
  }

  info(name: string): TensorInfo | undefined {
    return this.#byTensor.get(name)?.info(name);
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const file = this.#byTensor.get(name);
    if (file === undefined) throw notInShard(name, "the checkpoint");
    return file.read(name, start, count);
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }
}

async function listShards(folder: string): Promise<{ files: string[]; weightMap: Record<string, string> }> {
  const present = await readdir(folder).catch((cause: unknown) => {
    throw missing(folder, cause instanceof Error ? cause.message : String(cause));
  });
  if (present.includes(INDEX)) {
    const weightMap = parseIndex(await readFile(join(folder, INDEX), "utf8"), folder);
    return { files: [...new Set(Object.values(weightMap))].toSorted(), weightMap };
  }
  if (present.includes("model.safetensors")) return { files: ["model.safetensors"], weightMap: {} };
  throw missing(
    folder,
    present.some((name) => name.endsWith(".bin")) ? "pickled .bin weights" : "no weights",
  );
}

function parseIndex(text: string, folder: string): Record<string, string> {
  try {
    const { weight_map: map } = JSON.parse(text) as { weight_map?: unknown };
    if (
      typeof map === "object" &&
      map !== null &&
      !Array.isArray(map) &&
      Object.values(map).every(isFileName)
    ) {
      return map as Record<string, string>;
    }
  } catch {
    // Reported below, like an index without a map.
  }
  throw new VlaPrunerError("checkpoint-invalid", {
    expected: `a JSON "weight_map" of tensor names to file names in ${join(folder, INDEX)}`,
    found: "something else",
    fix: "download the index again",
  });
}

/** Whether it names a file of the folder itself, on every system. */
function isFileName(value: unknown): boolean {
  return typeof value === "string" && !/^\.{0,2}$|[/\\]/.test(value);
}

function missing(folder: string, found: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-missing", {
    expected: `model.safetensors, or ${INDEX} and its shards, in ${folder}`,
    found,
    fix: "pass the directory of a Hugging Face checkpoint in safetensors format",
  });
}

function notInShard(tensor: string, shard: string): VlaPrunerError {
  return new VlaPrunerError("tensor-missing", {
    expected: `tensor ${tensor} in ${shard}`,
    found: "no tensor of that name",
    fix: "download the shard again; it does not belong to this index",
  });
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { decodeText } from "@vla-pruner/format/files";
import type { TensorInfo, TensorSource } from "../weights/tensor-source.ts";
import { otherWeights } from "./other-weights.ts";
import { SafetensorsFile } from "./safetensors-file.ts";

const INDEX = "model.safetensors.index.json";
const SINGLE = "model.safetensors";

/** Which files hold the weights, and what is unusual about that. */
interface ShardList {
  readonly files: readonly string[];
  readonly weightMap: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** The weights of a Hugging Face checkpoint directory: one file, or shards with an index. */
export class SafetensorsCheckpoint implements TensorSource {
  readonly names: readonly string[];
  /** What is unusual about the files and does not stand in the way, a sentence each. */
  readonly warnings: readonly string[];
  readonly #byTensor: ReadonlyMap<string, SafetensorsFile>;
  readonly #files: readonly SafetensorsFile[];

  private constructor(
    byTensor: ReadonlyMap<string, SafetensorsFile>,
    files: readonly SafetensorsFile[],
    warnings: readonly string[],
  ) {
    this.names = [...byTensor.keys()];
    this.warnings = warnings;
    this.#byTensor = byTensor;
    this.#files = files;
  }

  /**
   * Opens every shard and reads the headers, no weights.
   *
   * @throws `checkpoint-missing`, `checkpoint-invalid`, `checkpoint-truncated`, `tensor-missing`
   */
  static async open(folder: string): Promise<SafetensorsCheckpoint> {
    const { files: names, weightMap, warnings } = await listShards(folder);
    const files: SafetensorsFile[] = [];
    const twice: string[] = [];
    const byTensor = new Map<string, SafetensorsFile>();
    try {
      const byName = new Map<string, SafetensorsFile>();
      for (const name of names) {
        const file = await SafetensorsFile.open(join(folder, name));
        files.push(file);
        byName.set(name, file);
        for (const tensor of file.names) {
          if (byTensor.has(tensor)) twice.push(tensor);
          byTensor.set(tensor, file);
        }
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
    const copies = twice.map(
      (tensor) => `two shards hold ${tensor}; the one in ${weightMap[tensor] ?? "the last"} was used`,
    );
    return new SafetensorsCheckpoint(byTensor, files, [...warnings, ...copies]);
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

async function listShards(folder: string): Promise<ShardList> {
  const present = await readdir(folder).catch((cause: unknown) => {
    throw missing(folder, cause instanceof Error ? cause.message : String(cause));
  });
  // As in transformers, the single file comes first; an index beside it is left from other files.
  if (present.includes(SINGLE)) {
    const warnings = present.includes(INDEX)
      ? [`${SINGLE} was used; ${INDEX} beside it, which names other files, was not`]
      : [];
    const own = present.includes(INDEX) && (await namesOnlySingle(join(folder, INDEX)));
    return { files: [SINGLE], weightMap: {}, warnings: own ? [] : warnings };
  }
  if (present.includes(INDEX)) {
    const weightMap = parseIndex(await readFile(join(folder, INDEX)), folder);
    return { files: [...new Set(Object.values(weightMap))].toSorted(), weightMap, warnings: [] };
  }
  throw missing(folder, ...otherWeights(present));
}

/** Whether an index is of the single file itself. A broken one is not. */
async function namesOnlySingle(path: string): Promise<boolean> {
  try {
    const { weight_map: map } = JSON.parse(decodeText(await readFile(path))) as { weight_map?: object };
    const files = Object.values(map ?? {});
    return files.length > 0 && files.every((file) => file === SINGLE);
  } catch {
    return false;
  }
}

function parseIndex(bytes: Buffer, folder: string): Record<string, string> {
  let found = "something else";
  try {
    const { weight_map: map } = JSON.parse(decodeText(bytes)) as { weight_map?: unknown };
    if (
      typeof map === "object" &&
      map !== null &&
      !Array.isArray(map) &&
      Object.values(map).every(isFileName)
    ) {
      return map as Record<string, string>;
    }
  } catch (cause) {
    found = cause instanceof Error ? cause.message : String(cause);
  }
  throw new VlaPrunerError("checkpoint-invalid", {
    expected: `a JSON "weight_map" of tensor names to file names in ${join(folder, INDEX)}`,
    found,
    fix: "download the index again",
  });
}

/** Whether it names a file of the folder itself, on every system. */
function isFileName(value: unknown): boolean {
  return typeof value === "string" && !/^\.{0,2}$|[/\\]/.test(value);
}

function missing(folder: string, found: string, fix?: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-missing", {
    expected: `${SINGLE}, or ${INDEX} and its shards, in ${folder}`,
    found,
    fix: fix ?? "pass the directory of a Hugging Face checkpoint in safetensors format",
  });
}

function notInShard(tensor: string, shard: string): VlaPrunerError {
  return new VlaPrunerError("tensor-missing", {
    expected: `tensor ${tensor} in ${shard}`,
    found: "no tensor of that name",
    fix: "download the shard again; it does not belong to this index",
  });
}

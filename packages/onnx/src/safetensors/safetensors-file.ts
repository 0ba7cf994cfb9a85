import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { VlaPrunerError } from "@vla-pruner/format";
import { isLfsPointer, LFS_POINTER } from "@vla-pruner/format/files";
import { decodeFloats } from "../weights/decode-floats.ts";
import { readExactly, truncated } from "../weights/read-exactly.ts";
import type { TensorInfo } from "../weights/tensor-source.ts";
import { checkRanges, parseHeader } from "./parse-header.ts";
import type { StoredTensor } from "./parse-header.ts";

const HEADER_LIMIT = 100_000_000;

/** One `.safetensors` file, read by range. */
export class SafetensorsFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  private constructor(handle: FileHandle, path: string, tensors: ReadonlyMap<string, StoredTensor>) {
    this.#handle = handle;
    this.#path = path;
    this.#tensors = tensors;
  }

  /**
   * Reads the header and checks that the file is as long as the header says.
   *
   * @throws `checkpoint-missing`, `checkpoint-invalid`, `checkpoint-truncated`
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const handle = await open(path, "r").catch((cause: unknown) => {
      throw new VlaPrunerError("checkpoint-missing", {
        expected: `a readable file ${path}`,
        found: cause instanceof Error ? cause.message : String(cause),
        fix: "download the missing shard",
        cause,
      });
    });
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw notSafetensors(path, "something that is not a file");
      const { size } = stats;
      if (isLfsPointer(await readExactly(handle, path, 0, Math.min(size, 64))))
        throw notSafetensors(path, LFS_POINTER);
      const length = Number((await readExactly(handle, path, 0, 8)).readBigUInt64LE());
      if (length > HEADER_LIMIT) throw notSafetensors(path, `a header of ${length} bytes`);
      const header = await readExactly(handle, path, 8, length);
      const tensors = parseHeader(header.toString("utf8"), 8 + length, path);
      const end = [...tensors.values()].reduce((last, tensor) => Math.max(last, tensor.end), 8 + length);
      if (end > size) throw truncated(path, end, size);
      checkRanges(tensors, 8 + length, path);
      return new SafetensorsFile(handle, path, tensors);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get names(): string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  info(name: string): TensorInfo | undefined {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) return undefined;
    const { dtype, dims } = tensor;
    if (dtype === "F32" || dtype === "F16" || dtype === "BF16") return { dtype, dims };
    throw new VlaPrunerError("checkpoint-invalid", {
      expected: `tensor ${name} stored as F32, F16 or BF16`,
      found: dtype,
      fix: "use an unquantised checkpoint; convert quantises on its own",
    });
  }

  /** `count` elements from `start` on, as float32. */
  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const info = this.info(name);
    const tensor = this.#tensors.get(name);
    if (info === undefined || tensor === undefined) throw notSafetensors(this.#path, `no tensor ${name}`);
    const width = info.dtype === "F32" ? 4 : 2;
    const bytes = await readExactly(this.#handle, this.#path, tensor.begin + start * width, count * width);
    return decodeFloats(bytes, info.dtype, count);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function notSafetensors(path: string, found: string, cause?: unknown): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `a safetensors file at ${path}`,
    found,
    fix: "check the file, or download it again",
    cause,
  });
}

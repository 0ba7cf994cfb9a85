import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { VlaPrunerError } from "@vla-pruner/errors";
import { float16Value } from "../weights/float16.ts";
import type { TensorInfo } from "../weights/tensor-source.ts";
import { parseHeader } from "./parse-header.ts";
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
      const { size } = await handle.stat();
      const length = Number((await readExactly(handle, path, 0, Math.min(8, size), 8)).readBigUInt64LE());
      if (length > HEADER_LIMIT) throw notSafetensors(path, `a header of ${length} bytes`);
      const header = await readExactly(handle, path, 8, Math.min(length, Math.max(0, size - 8)), length);
      const tensors = parseHeader(header.toString("utf8"), 8 + length, path);
      const end = Math.max(8 + length, ...[...tensors.values()].map((tensor) => tensor.end));
      if (end > size) throw truncated(path, end, size);
      return new SafetensorsFile(handle, path, tensors);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get names(): string[] {
    return [...this.#tensors.keys()];
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
    const bytes = await readExactly(this.#handle, this.#path, tensor.begin + start * width, count * width, count * width);
    return decode(bytes, info.dtype, count);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function readExactly(handle: FileHandle, path: string, at: number, available: number, wanted: number): Promise<Buffer> {
  const buffer = Buffer.alloc(wanted);
  let done = 0;
  while (done < available) {
    const { bytesRead } = await handle.read(buffer, done, Math.min(available - done, 1 << 30), at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  if (done < wanted) throw truncated(path, at + wanted, at + done);
  return buffer;
}

function decode(bytes: Buffer, dtype: "F32" | "F16" | "BF16", count: number): Float32Array {
  if (dtype === "F32") return new Float32Array(bytes.buffer, bytes.byteOffset, count);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  if (dtype === "F16") return Float32Array.from(halves, float16Value);
  const words = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) words[index] = (halves[index] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

function truncated(path: string, expected: number, found: number): VlaPrunerError {
  return new VlaPrunerError("checkpoint-truncated", {
    expected: `${basename(path)} of at least ${expected} bytes`,
    found: `${found}`,
    fix: "download the file again; it was cut short",
  });
}

function notSafetensors(path: string, found: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `a safetensors file at ${path}`,
    found,
    fix: "check the file, or download it again",
  });
}

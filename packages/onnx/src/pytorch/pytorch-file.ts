import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { VlaPrunerError } from "@vla-pruner/format";
import { decodeFloats } from "../weights/decode-floats.ts";
import { readExactly } from "../weights/read-exactly.ts";
import type { TensorInfo, TensorSource } from "../weights/tensor-source.ts";
import { sizeOf } from "../weights/tensor-source.ts";
import { unpickle } from "./unpickle.ts";
import type { Pickled, TensorRecord } from "./pickled.ts";
import { readZip } from "./zip-directory.ts";
import type { ZipEntry } from "./zip-directory.ts";

const DTYPE: Readonly<Record<string, TensorInfo["dtype"]>> = {
  "torch FloatStorage": "F32",
  "torch HalfStorage": "F16",
  "torch BFloat16Storage": "BF16",
};
const PICKLE_LIMIT = 100_000_000;

interface Placed {
  readonly info: TensorInfo;
  /** Byte offset in the file. */
  readonly begin: number;
}

/**
 * A PyTorch `.pt` state dict (zip and pickle), read by range. Its pickle is read by an allow-list, so a
 * hostile file gets an error and nothing of it runs.
 */
export class PytorchFile implements TensorSource {
  readonly names: readonly string[];
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #tensors: ReadonlyMap<string, Placed>;

  private constructor(handle: FileHandle, path: string, tensors: ReadonlyMap<string, Placed>) {
    this.names = [...tensors.keys()];
    this.#handle = handle;
    this.#path = path;
    this.#tensors = tensors;
  }

  /**
   * Reads the directory and the pickle, no weights. A `module.` in front of names (data-parallel
   * training) is dropped.
   *
   * @throws `checkpoint-missing`, `checkpoint-invalid`, `checkpoint-truncated`
   */
  static async open(path: string): Promise<PytorchFile> {
    const entries = await readZip(path);
    const pickle = [...entries].find(([name]) => name.endsWith("/data.pkl"));
    if (pickle === undefined) throw invalid(path, "a zip file without data.pkl");
    const [name, { begin, bytes }] = pickle;
    if (bytes > PICKLE_LIMIT) throw invalid(path, `a pickle of ${bytes} bytes`);
    const handle = await open(path, "r");
    try {
      const state = unpickle(await readExactly(handle, path, begin, bytes), path);
      return new PytorchFile(
        handle,
        path,
        placeTensors(state, entries, name.replace(/data\.pkl$/, "data/"), path),
      );
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  info(name: string): TensorInfo | undefined {
    return this.#tensors.get(name)?.info;
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const placed = this.#tensors.get(name);
    if (placed === undefined) throw invalid(this.#path, `no tensor ${name}`);
    const width = placed.info.dtype === "F32" ? 4 : 2;
    const bytes = await readExactly(this.#handle, this.#path, placed.begin + start * width, count * width);
    return decodeFloats(bytes, placed.info.dtype, count);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function placeTensors(
  state: Pickled,
  entries: ReadonlyMap<string, ZipEntry>,
  folder: string,
  path: string,
): Map<string, Placed> {
  if (!(state instanceof Map)) throw invalid(path, "a pickle that is no state dict");
  const tensors = new Map<string, Placed>();
  for (const [name, value] of state) {
    if (typeof name !== "string" || !isTensor(value))
      throw invalid(path, `an entry ${typeof name === "string" ? name : "without a name"} that is no tensor`);
    const plain = name.replace(/^module\./, "");
    if (tensors.has(plain)) throw invalid(path, `two tensors ${plain}, one below module.`);
    tensors.set(plain, placeTensor(name, value, entries, folder, path));
  }
  return tensors;
}

function placeTensor(
  name: string,
  record: TensorRecord,
  entries: ReadonlyMap<string, ZipEntry>,
  folder: string,
  path: string,
): Placed {
  const { tensor, offset, dims, strides } = record;
  const dtype = DTYPE[tensor.storage];
  const entry = entries.get(`${folder}${tensor.key}`);
  if (dtype === undefined || entry === undefined) throw invalid(path, `tensor ${name} without its data`);
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw invalid(path, `tensor ${name} of shape ${JSON.stringify(dims)}`);
  const contiguous = dims.every((size, axis) => size === 1 || strides[axis] === sizeOf(dims.slice(axis + 1)));
  if (!contiguous) throw invalid(path, `tensor ${name} that is not contiguous`);
  const width = dtype === "F32" ? 4 : 2;
  if (!(offset >= 0) || (offset + sizeOf(dims)) * width > entry.bytes)
    throw invalid(path, `tensor ${name} that reaches past its data`);
  return { info: { dtype, dims }, begin: entry.begin + offset * width };
}

function isTensor(value: Pickled): value is TensorRecord {
  return (
    typeof value === "object" && value !== null && "tensor" in value && "storage" in (value.tensor ?? {})
  );
}

function invalid(path: string, found: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `a PyTorch state dict of float tensors in ${path}`,
    found,
    fix: "save it again with torch.save(module.state_dict()), tensors contiguous",
  });
}

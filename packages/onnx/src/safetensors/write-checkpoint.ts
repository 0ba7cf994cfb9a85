import { open } from "node:fs/promises";
import { packFloat16 } from "../weights/float16.ts";
import { sizeOf } from "../weights/tensor-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";

export type StoredType = "F32" | "F16" | "BF16";

const BLOCK = 16 * 1024 * 1024;

/** Writes the named tensors of a source as one safetensors file, in the given storage type. */
export async function writeSafetensors(
  path: string,
  source: TensorSource,
  names: readonly string[],
  dtype: StoredType,
): Promise<void> {
  const width = dtype === "F32" ? 4 : 2;
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const name of names) {
    const dims = source.info(name)?.dims ?? [];
    header[name] = { dtype, shape: dims, data_offsets: [end, (end += sizeOf(dims) * width)] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, " ")]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const file = await open(path, "w");
  try {
    await file.write(length);
    await file.write(padded);
    for (const name of names) {
      const size = sizeOf(source.info(name)?.dims ?? []);
      for (let start = 0; start < size; start += BLOCK) {
        await file.write(encode(await source.read(name, start, Math.min(BLOCK, size - start)), dtype));
      }
    }
  } finally {
    await file.close();
  }
}

function encode(values: Float32Array, dtype: StoredType): Uint8Array {
  if (dtype === "F32") return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (dtype === "F16") return new Uint8Array(packFloat16(values).buffer);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return new Uint8Array(
    Uint16Array.from(words, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16).buffer,
  );
}

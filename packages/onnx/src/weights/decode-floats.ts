import { float16Value } from "@vla-pruner/format";
import type { TensorInfo } from "./tensor-source.ts";

/** Little-endian floats of a storage type as float32. */
export function decodeFloats(bytes: Buffer, dtype: TensorInfo["dtype"], count: number): Float32Array {
  if (dtype === "F32") return new Float32Array(bytes.buffer, bytes.byteOffset, count);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  if (dtype === "F16") return Float32Array.from(halves, float16Value);
  const words = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) words[index] = (halves[index] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

import { VlaPrunerError } from "@vla-pruner/format";
import { Tensor } from "onnxruntime-common";
import type { GraphTensor } from "./graph-session.ts";

/** float32 tensor over `data`, without a copy. */
export function float32Tensor(data: Float32Array, dims: readonly number[]): GraphTensor {
  return new Tensor("float32", data, dims);
}

/** int64 vector, or a tensor of the given dims. */
export function int64Tensor(
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
): GraphTensor {
  const wide = new BigInt64Array(values.length);
  for (let index = 0; index < wide.length; index += 1) wide[index] = BigInt(values[index] ?? 0);
  return new Tensor("int64", wide, dims);
}

/** int32 vector, or a tensor of the given dims. */
export function int32Tensor(
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
): GraphTensor {
  return new Tensor("int32", Int32Array.from(values), dims);
}

/** A boolean vector of one. */
export function boolTensor(value: boolean): GraphTensor {
  return new Tensor("bool", Uint8Array.of(value ? 1 : 0), [1]);
}

/** A tensor without elements: the empty key/value cache, or no visual tokens. */
export function emptyTensor(type: "float32" | "float16", dims: readonly number[]): GraphTensor {
  return type === "float32"
    ? new Tensor("float32", new Float32Array(0), dims)
    : new Tensor("float16", new Uint16Array(0), dims);
}

/** The values of a float32 tensor on the CPU. */
export function readFloat32(tensor: GraphTensor | undefined, what: string): Float32Array {
  if (tensor !== undefined && tensor.data instanceof Float32Array) return tensor.data;
  throw new VlaPrunerError("model-invalid", {
    expected: `${what}: a float32 output`,
    found: tensor === undefined ? "none" : tensor.type,
    fix: "convert the checkpoint again with this version of vla-pruner",
  });
}

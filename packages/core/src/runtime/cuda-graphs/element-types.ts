import { Tensor } from "onnxruntime-common";
import type { GraphTensor } from "../graph-session.ts";

interface ElementType {
  /** Number in `ONNXTensorElementDataType`. */
  readonly code: number;
  readonly bytes: number;
  readonly array: new (buffer: ArrayBuffer) => ArrayLike<number> | ArrayLike<bigint>;
}

/** What crosses the border of a graph. */
const TYPES: Readonly<Record<string, ElementType>> = {
  float32: { code: 1, bytes: 4, array: Float32Array },
  uint8: { code: 2, bytes: 1, array: Uint8Array },
  int8: { code: 3, bytes: 1, array: Int8Array },
  int32: { code: 6, bytes: 4, array: Int32Array },
  int64: { code: 7, bytes: 8, array: BigInt64Array },
  bool: { code: 9, bytes: 1, array: Uint8Array },
  float16: { code: 10, bytes: 2, array: Uint16Array },
};

/** A tensor's type and dimensions. */
export interface TensorShape {
  readonly type: string;
  readonly dims: readonly number[];
}

export function elementCode(type: string): number {
  return elementType(type).code;
}

export function nameOfCode(code: number): string {
  const found = Object.entries(TYPES).find(([, type]) => type.code === code);
  if (found === undefined) throw new Error(`a tensor of ONNX's element type ${code}`);
  return found[0];
}

export function bytesOf({ type, dims }: TensorShape): number {
  return dims.reduce((product, size) => product * size, elementType(type).bytes);
}

/** A tensor over a copy of some bytes. */
export function tensorOf({ type, dims }: TensorShape, bytes: Uint8Array): GraphTensor {
  const data = new (elementType(type).array)(bytes.slice().buffer);
  return new Tensor(type as "float32", data as Float32Array, dims);
}

function elementType(type: string): ElementType {
  const found = TYPES[type];
  if (found === undefined) throw new Error(`a tensor of ${type}`);
  return found;
}

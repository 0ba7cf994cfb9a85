import { NumpyArray } from "./numpy-array.ts";
import type { Numbers } from "./numpy-array.ts";
import { isFields } from "./unpack.ts";

const DTYPES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [Uint8Array, "|u1"],
  [Int32Array, "<i4"],
  [Float32Array, "<f4"],
  [Float64Array, "<f8"],
]);

/** Plain values with typed arrays in them as `pack` takes them: each array is one of numpy's, of one dimension. */
export function toWire(value: unknown): unknown {
  if (value instanceof Uint8ClampedArray)
    return toWire(new Uint8Array(value.buffer, value.byteOffset, value.length));
  if (ArrayBuffer.isView(value)) {
    const dtype = value instanceof Uint8Array ? "|u1" : DTYPES.get(value.constructor);
    const data = value as unknown as Numbers;
    return dtype === undefined ? value : new NumpyArray(dtype, [data.length], data);
  }
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(toWire);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name, toWire(part)]));
}

/** The way back: arrays of numpy's as typed arrays. */
export function fromWire(value: unknown): unknown {
  if (value instanceof NumpyArray) return value.data;
  if (Array.isArray(value)) return value.map(fromWire);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fromWire(part)]));
}

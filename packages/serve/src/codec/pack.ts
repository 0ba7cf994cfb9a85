import { Packr } from "msgpackr/pack";
import { dtypeOf, NumpyArray } from "./numpy-array.ts";

/** How a dialect writes an array: openpi's keys are bytes, vla-eval's text; msgpack-numpy's are of its own. */
export type Dialect = "openpi" | "vla-eval" | "msgpack-numpy";

const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true });
const encoder = new TextEncoder();
const bytes = (name: string): Uint8Array => encoder.encode(name);

/** A frame in a dialect: plain values, and `NumpyArray`s. */
export function pack(value: unknown, dialect: Dialect): Uint8Array {
  return packr.pack(written(value, dialect));
}

/** Numbers in rows as an array `[rows, columns]` of float64: what `act` gives, to the last bit. */
export function matrix(rows: readonly (readonly number[])[]): NumpyArray {
  return new NumpyArray("<f8", [rows.length, rows[0]?.length ?? 0], Float64Array.from(rows.flat()));
}

/** Numbers as an array `[length]` of float64. */
export function vector(values: readonly number[]): NumpyArray {
  return new NumpyArray("<f8", [values.length], Float64Array.from(values));
}

function written(value: unknown, dialect: Dialect): unknown {
  if (value instanceof NumpyArray) return arrayMap(value, dialect);
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((part) => written(part, dialect));
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([name, part]) => [name, written(part, dialect)]));
}

function arrayMap(array: NumpyArray, dialect: Dialect): Map<unknown, unknown> {
  const { data, shape } = array;
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = dtypeOf(array);
  if (dialect === "msgpack-numpy")
    return new Map<unknown, unknown>([
      [bytes("nd"), true],
      [bytes("type"), type],
      [bytes("kind"), bytes("")],
      [bytes("shape"), shape],
      [bytes("data"), raw],
    ]);
  const key = dialect === "openpi" ? bytes : (name: string): string => name;
  return new Map<unknown, unknown>([
    [key("__ndarray__"), true],
    [key("data"), raw],
    [key("dtype"), type],
    [key("shape"), shape],
  ]);
}

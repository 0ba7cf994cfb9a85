import { refused } from "./refused.ts";

/** What an array of numbers lies in. float16 is widened to float32. */
export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** An array of numpy's, row by row. `bool` lies in bytes of 0 and 1. */
export class NumpyArray {
  /** Of the values as they lie here: `<f2` has become `<f4`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Numbers;

  constructor(dtype: string, shape: readonly number[], data: Numbers) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }
}

type Reader = (bytes: Uint8Array, count: number) => Numbers;

/** Copies where the offset does not suit the numbers; bytes are never copied. */
function over(
  Type: new (buffer: ArrayBufferLike, offset: number, count: number) => Numbers,
  size: number,
): Reader {
  return (bytes, count) => {
    if (bytes.byteOffset % size === 0) return new Type(bytes.buffer, bytes.byteOffset, count);
    return new Type(new Uint8Array(bytes).buffer, 0, count);
  };
}

const DTYPES: Readonly<Record<string, readonly [size: number, read: Reader]>> = {
  "|u1": [1, over(Uint8Array, 1)],
  "|b1": [1, over(Uint8Array, 1)],
  "|i1": [1, over(Int8Array, 1)],
  "<u2": [2, over(Uint16Array, 2)],
  "<i2": [2, over(Int16Array, 2)],
  "<u4": [4, over(Uint32Array, 4)],
  "<i4": [4, over(Int32Array, 4)],
  "<u8": [8, over(BigUint64Array, 8)],
  "<i8": [8, over(BigInt64Array, 8)],
  "<f2": [2, halves],
  "<f4": [4, over(Float32Array, 4)],
  "<f8": [8, over(Float64Array, 8)],
};

/** numpy's way to write strings: four bytes a character, little-endian, padded with zeros. */
const TEXT = /^<U(\d{1,6})$/u;

/**
 * An array out of its bytes: numbers as a view on them wherever the offset allows, strings as such. One without
 * dimensions is the value itself.
 *
 * @throws `observation-invalid`
 */
export function readArray(dtype: unknown, shape: unknown, bytes: unknown): unknown {
  if (typeof dtype !== "string") throw refused("a numpy dtype as text", kindOf(dtype), "send plain arrays");
  if (!isShape(shape)) throw refused("a numpy shape of whole numbers", kindOf(shape), "send plain arrays");
  if (!(bytes instanceof Uint8Array))
    throw refused("an array's data as bytes", kindOf(bytes), "send tobytes()");
  const count = shape.reduce((product, side) => product * side, 1);
  const text = TEXT.exec(dtype);
  if (text !== null) return readTexts(Number(text[1]), shape, bytes, count);
  const known = Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : undefined;
  if (known === undefined) {
    const names = `${Object.keys(DTYPES).join(", ")}, <U…`;
    throw refused(
      `a dtype among ${names}`,
      JSON.stringify(dtype.slice(0, 40)),
      "convert the array, .astype(…)",
    );
  }
  const [size, read] = known;
  checkLength(dtype, shape, bytes, count * size);
  const data = read(bytes, count);
  if (shape.length === 0) return Number(data[0]);
  return new NumpyArray(dtype === "<f2" ? "<f4" : dtype, shape, data);
}

/** The dtype of the values in an array, as numpy writes it. */
export function dtypeOf({ data, dtype }: NumpyArray): string {
  if (dtype === "|b1") return dtype;
  const [, kind = "", bits = ""] = /(Uint|Int|Float)(\d+)Array/u.exec(data.constructor.name) ?? [];
  return `${bits === "8" ? "|" : "<"}${kind.charAt(0).toLowerCase()}${Number(bits) / 8}`;
}

function isShape(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length <= 8 &&
    value.every((side) => Number.isSafeInteger(side) && (side as number) >= 0)
  );
}

function checkLength(dtype: string, shape: readonly number[], bytes: Uint8Array, length: number): void {
  if (bytes.length === length) return;
  throw refused(
    `${length} bytes of ${dtype} for the shape ${JSON.stringify(shape)}`,
    `${bytes.length}`,
    "send the whole array, in C order",
  );
}

function readTexts(letters: number, shape: readonly number[], bytes: Uint8Array, count: number): unknown {
  checkLength(`<U${letters}`, shape, bytes, count * letters * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts = Array.from({ length: count }, (_, item) => {
    let text = "";
    for (let letter = 0; letter < letters; letter += 1) {
      const code = view.getUint32((item * letters + letter) * 4, true);
      if (code === 0) break;
      if (code > 0x10_ff_ff) throw refused("characters in a text", `code ${code}`, "send a plain string");
      text += String.fromCodePoint(code);
    }
    return text;
  });
  return shape.length === 0 ? texts[0] : texts;
}

/** float16 → float32. */
function halves(bytes: Uint8Array, count: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: count }, (_, index) => {
    const half = view.getUint16(2 * index, true);
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    const sign = (half & 0x8000) === 0 ? 1 : -1;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** A value in a word, for errors. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (value instanceof NumpyArray) return `an array ${value.dtype} ${JSON.stringify(value.shape)}`;
  if (value instanceof Uint8Array) return "bytes";
  return Array.isArray(value) ? "a list" : typeof value;
}

import type { Draw } from "./draw.ts";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A safetensors file with one mistake in it, and which. */
export interface DamagedFile {
  readonly what: string;
  readonly bytes: Buffer;
}

const WIDTHS: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
};

/**
 * One mistake in a safetensors file: in a name, a shape, a dtype, a range, or in the file as such. Two tensors of one
 * shape that take each other's place are left out: nothing could tell.
 */
export function damageSafetensors(file: Buffer, draw: Draw): DamagedFile {
  const length = Number(file.readBigUInt64LE());
  const data = file.subarray(8 + length);
  if (draw.chance(0.1)) return damageFile(file, draw);
  const header = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<string, Entry>;
  const names = Object.keys(header).filter((name) => name !== "__metadata__");
  const name = draw.one(names);
  const entry = header[name];
  if (entry === undefined) throw new RangeError(name);
  const what = `${name}: ${draw.one(kindsOf(header, name, entry, draw))()}`;
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return { what, bytes: Buffer.concat([size, text, data]) };
}

function kindsOf(header: Record<string, Entry>, name: string, entry: Entry, draw: Draw): (() => string)[] {
  const [begin, end] = entry.data_offsets;
  const put = (key: keyof Entry, value: unknown): void =>
    void ((entry as unknown as Record<string, unknown>)[key] = value);
  return [
    () => (delete header[name], "left out"),
    () => renamed(header, name, misspelt(name, draw)),
    () => renamed(header, name, `module.${name}`),
    () => renamed(header, name, `base_model.model.${name.replace(/\.weight$/u, ".lora_A.weight")}`),
    () => ((header[`${name}_2`] = entry), "a second time, under another name"),
    () => ((header[`lora.${draw.below(9)}.weight`] = entry), "a tensor that nobody knows"),
    () => (
      put("dtype", draw.one(Object.keys(WIDTHS).filter((dtype) => dtype !== entry.dtype))),
      `dtype ${entry.dtype}`
    ),
    () => retyped(entry, draw),
    () => (put("dtype", draw.one(["float32", "F8_E4M3", "", 7, null])), "no dtype"),
    () => (put("shape", entry.shape.toReversed()), "shape reversed"),
    () => (put("shape", [entry.shape.reduce((all, side) => all * side, 1)]), "shape flat"),
    () => (put("shape", [1, ...entry.shape]), "shape with one more side"),
    () => (
      put(
        "shape",
        entry.shape.map((side) => side + 1),
      ),
      "shape larger"
    ),
    () => (
      put(
        "shape",
        entry.shape.map((side) => -side),
      ),
      "shape negative"
    ),
    () => (put("shape", draw.one(["4", null, {}, [[2]], [0.5], [0]])), "no shape"),
    () => (put("data_offsets", [begin + 2, end + 2]), "range moved on"),
    () => (
      put("data_offsets", [Math.max(0, begin - 2), Math.max(0, begin - 2) + end - begin]),
      "range moved back"
    ),
    () => (put("data_offsets", [end, begin]), "range turned round"),
    () => (put("data_offsets", [begin, end - 2]), "range shorter"),
    () => (put("data_offsets", draw.one([null, [], [0], ["0", "4"], [0, 1e300]])), "no range"),
    () => (put("data_offsets", [0, end - begin]), "range at the beginning"),
  ];
}

/** A dtype of the same width, where one is read: nothing but its neighbours tells that it is wrong. */
function retyped(entry: Entry, draw: Draw): string {
  const width = WIDTHS[entry.dtype];
  const others = Object.keys(WIDTHS).filter((dtype) => WIDTHS[dtype] === width && dtype !== entry.dtype);
  entry.dtype = others.length === 0 ? "I8" : draw.one(others);
  return `dtype ${entry.dtype}, as wide`;
}

function renamed(header: Record<string, Entry>, from: string, to: string): string {
  const entry = header[from];
  delete header[from];
  if (entry !== undefined) header[to] = entry;
  return `renamed ${to}`;
}

function misspelt(name: string, draw: Draw): string {
  const at = draw.below(name.length);
  return draw.chance(0.5) ? name.slice(0, at) + name.slice(at + 1) : `${name.slice(0, at)}x${name.slice(at)}`;
}

function damageFile(file: Buffer, draw: Draw): DamagedFile {
  const at = draw.below(file.length);
  const length = Buffer.from(file.subarray(0, 8));
  length.writeBigUInt64LE(draw.one([0n, 3n, 1n << 62n, BigInt(file.length), file.readBigUInt64LE() + 1n]));
  return draw.one<() => DamagedFile>([
    () => ({ what: `the file cut at ${at}`, bytes: file.subarray(0, at) }),
    () => ({ what: "another header length", bytes: Buffer.concat([length, file.subarray(8)]) }),
    () => ({ what: "nothing in the file", bytes: Buffer.alloc(0) }),
    () => ({ what: "more bytes than tensors", bytes: Buffer.concat([file, Buffer.alloc(6)]) }),
    () => ({ what: "a Git LFS pointer", bytes: Buffer.from("version https://git-lfs.github.com/spec/v1\n") }),
    () => ({ what: "a bracket lost in the header", bytes: lostBracket(file, draw) }),
  ])();
}

function lostBracket(file: Buffer, draw: Draw): Buffer {
  const bytes = Buffer.from(file);
  const length = Number(file.readBigUInt64LE());
  const places = Array.from({ length }, (_, index) => 8 + index).filter((at) =>
    '[]{}",:'.includes(String.fromCodePoint(file[at] ?? 0)),
  );
  bytes[draw.one(places)] = 0x20;
  return bytes;
}

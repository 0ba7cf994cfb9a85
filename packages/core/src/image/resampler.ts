import { RESAMPLE } from "./made-from-wat.ts";
import type { PackedFilter } from "./packed-filter.ts";
import type { RgbImage } from "./to-rgb.ts";
import { growMemory, wasmExports } from "./wasm-module.ts";
import type { WasmMemory } from "./wasm-module.ts";

/** The two functions of `resample.wat`; what they take stands there. */
interface Resampler {
  readonly memory: WasmMemory;
  readonly rows: (...numbers: number[]) => void;
  readonly columns: (...numbers: number[]) => void;
}

/** Source rows are handed over in blocks that stay in a core's cache. */
const BLOCK = 262_144;
/** The kernels read and write up to a vector beyond what they need. */
const SLACK = 64;

let made: Resampler | undefined;

/** Runs `resample.wat` over a picture: its rows, then its columns, or one of them. */
export function runResampler(
  image: RgbImage,
  rows: (PackedFilter & { readonly width: number }) | undefined,
  columns: (PackedFilter & { readonly height: number }) | undefined,
): RgbImage {
  const width = rows?.width ?? image.width;
  const height = columns?.height ?? image.height;
  const stride = width * 3;
  const rowFilterAt = 0;
  const columnFilterAt = aligned(rows?.bytes.length ?? 0);
  const middleAt = columnFilterAt + aligned(columns?.bytes.length ?? 0);
  // A pair of rows may end one row below the picture, where all weights are 0.
  const resultAt = middleAt + aligned((image.height + 1) * stride + SLACK);
  const blockAt = resultAt + (columns === undefined ? 0 : aligned(height * stride + SLACK));
  const resampler = (made ??= wasmExports(RESAMPLE) as Resampler);
  growMemory(resampler.memory, blockAt + blockBytes(image) + SLACK);
  const memory = new Uint8Array(resampler.memory.buffer);
  if (rows === undefined) memory.set(image.data, middleAt);
  else {
    memory.set(rows.bytes, rowFilterAt);
    for (const [first, count] of blocks(image)) {
      const source = image.data.subarray(first * image.width * 3, (first + count) * image.width * 3);
      memory.set(source, blockAt);
      resampler.rows(
        blockAt,
        count,
        image.width * 3,
        middleAt + first * stride,
        width,
        rowFilterAt,
        rowFilterAt + rows.weightsAt,
        rows.rounds,
      );
    }
  }
  if (columns !== undefined) {
    memory.set(columns.bytes, columnFilterAt);
    const weightsAt = columnFilterAt + columns.weightsAt;
    resampler.columns(middleAt, stride, resultAt, height, columnFilterAt, weightsAt, columns.rounds);
  }
  const from = columns === undefined ? middleAt : resultAt;
  return { data: memory.slice(from, from + height * stride), width, height };
}

function* blocks(image: RgbImage): Generator<readonly [first: number, count: number]> {
  const rows = blockRows(image);
  for (let first = 0; first < image.height; first += rows)
    yield [first, Math.min(rows, image.height - first)];
}

function blockRows({ width }: RgbImage): number {
  return Math.max(1, Math.floor(BLOCK / (width * 3)));
}

function blockBytes(image: RgbImage): number {
  return blockRows(image) * image.width * 3;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

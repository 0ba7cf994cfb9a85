import { VlaPrunerError } from "@vla-pruner/format";
import { NORMALIZE } from "./made-from-wat.ts";
import { Recent } from "./recent.ts";
import type { RgbImage } from "./to-rgb.ts";
import { growMemory, wasmExports } from "./wasm-module.ts";
import type { WasmMemory } from "./wasm-module.ts";

/** Mean and standard deviation of each channel, on values in 0 … 1. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The function of `normalize.wat`; what it takes stands there. */
interface Normalizer {
  readonly memory: WasmMemory;
  readonly planes: (...numbers: number[]) => void;
}

let normalizer: Normalizer | undefined;

/** Pixels that are handed over at once: their bytes and numbers stay in a core's cache. */
const BLOCK = 8192;

/** Where tables, bytes and numbers lie in the module's memory. */
const [TABLES, SOURCE] = [0, 3 * 256 * 4];
const TARGET = SOURCE + BLOCK * 3;
const BYTES = TARGET + BLOCK * 3 * 4;

/**
 * `(x / 255 − mean) / std`, channels first, in float32 as torchvision computes it.
 *
 * @param target receives `[3, height, width]` from `offset` on
 * @throws `image-invalid` where the picture is not as large as it says
 */
export function normalizeInto(
  target: Float32Array,
  offset: number,
  { data, width, height }: RgbImage,
  statistics: ChannelStatistics,
): void {
  const pixels = width * height;
  if (data.length !== 3 * pixels) throw invalidPicture(pixels, data.length); // else an earlier picture's bytes
  const { memory, planes } = (normalizer ??= wasmExports(NORMALIZE) as Normalizer);
  growMemory(memory, BYTES);
  const source = new Uint8Array(memory.buffer, SOURCE, BLOCK * 3);
  const made = new Float32Array(memory.buffer, TARGET, BLOCK * 3);
  new Float32Array(memory.buffer, TABLES, 3 * 256).set(levelsOf(statistics));
  for (let first = 0; first < pixels; first += BLOCK) {
    const count = Math.min(BLOCK, pixels - first);
    source.set(data.subarray(3 * first, 3 * (first + count)));
    planes(SOURCE, count, TARGET, count * 4, TABLES);
    for (let channel = 0; channel < 3; channel += 1)
      target.set(made.subarray(channel * count, (channel + 1) * count), offset + channel * pixels + first);
  }
}

function invalidPicture(pixels: number, found: number): VlaPrunerError {
  return new VlaPrunerError("image-invalid", {
    expected: `a picture of three channels, ${3 * pixels} values`,
    found: `${found}`,
    fix: "make it with toRgb",
  });
}

const tables = new Recent<Float32Array>(16);

/** What each of the 256 levels of each channel becomes, `[3, 256]`. */
function levelsOf({ mean, std }: ChannelStatistics): Float32Array {
  return tables.get(`${mean.join()} ${std.join()}`, () =>
    Float32Array.from({ length: 3 * 256 }, (_, index) => {
      const [channel, level] = [Math.floor(index / 256), index % 256];
      const share = Math.fround(level / 255);
      return Math.fround(share - Math.fround(mean[channel] ?? 0)) / Math.fround(std[channel] ?? 1);
    }),
  );
}

import { BYTES } from "../graph/element-types.ts";
import type { ElementType, FloatType } from "../graph/value-types.ts";
import type { DataFiles, DataRegion } from "./data-files.ts";
import { packFloat16 } from "./float16.ts";
import { sizeOf } from "./tensor-source.ts";
import type { TensorSource } from "./tensor-source.ts";
import type { WeightPlan } from "./weight-plan.ts";

/** Elements that are in memory at a time: 32 Mi float32, 128 MiB. */
const BLOCK = 32 * 1024 * 1024;

/** What is written tensor by tensor, as it is read. */
export type FloatPlan = Exclude<WeightPlan, { readonly kind: "quantized" | "scales" }>;

/** Room for a tensor. */
export async function regionFor(
  files: DataFiles,
  dims: readonly number[],
  type: ElementType,
): Promise<DataRegion> {
  return files.allocate(sizeOf(dims) * BYTES[type]);
}

/**
 * Carries a plan out: reads, converts and writes block by block, so that memory stays bounded.
 *
 * @param block elements read at a time; a row of a matrix is never divided
 */
export async function writeWeight(
  plan: FloatPlan,
  type: FloatType,
  source: TensorSource,
  files: DataFiles,
  block: number = BLOCK,
): Promise<DataRegion> {
  const region = await regionFor(files, plan.dims, type);
  if (plan.kind === "computed") await files.write(region, 0, packFloats(plan.values, type));
  else if (plan.kind === "copied") await copy(plan, type, source, { files, region, block });
  else await transpose(plan, type, source, { files, region, block });
  return region;
}

/** Where a weight goes, and in pieces of what size. */
interface Destination {
  readonly files: DataFiles;
  readonly region: DataRegion;
  readonly block: number;
}

async function copy(
  plan: FloatPlan & { kind: "copied" },
  type: FloatType,
  source: TensorSource,
  to: Destination,
): Promise<void> {
  const { files, region, block } = to;
  let at = 0;
  for (const name of plan.tensors) {
    const size = sizeOf(source.info(name)?.dims ?? []);
    for (let start = 0; start < size; start += block) {
      const values = await source.read(name, start, Math.min(block, size - start));
      if (plan.plus !== 0)
        for (let index = 0; index < values.length; index += 1)
          values[index] = (values[index] ?? 0) + plan.plus;
      await files.write(region, at, packFloats(values, type));
      at += values.length * BYTES[type];
    }
  }
}

/** Blocks of `[rows, in]` become stripes of `[in, rows]`, each row of a stripe at its place in the result. */
async function transpose(
  plan: FloatPlan & { kind: "transposed" },
  type: FloatType,
  source: TensorSource,
  to: Destination,
): Promise<void> {
  const [width, total] = plan.dims;
  const rowsAtOnce = Math.max(1, Math.floor(to.block / width));
  let column = 0;
  for (const name of plan.tensors) {
    const height = sizeOf(source.info(name)?.dims ?? []) / width;
    for (let row = 0; row < height; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, height - row);
      const stripe = packFloats(
        transposed(await source.read(name, row * width, rows * width), rows, width),
        type,
      );
      await writeStripe(stripe, rows, width, { total, column: column + row }, type, to);
    }
    column += height;
  }
}

async function writeStripe(
  stripe: Uint8Array,
  rows: number,
  width: number,
  place: { total: number; column: number },
  type: FloatType,
  { files, region }: Destination,
): Promise<void> {
  const bytes = BYTES[type];
  if (rows === place.total) return files.write(region, 0, stripe);
  for (let line = 0; line < width; line += 1) {
    const part = stripe.subarray(line * rows * bytes, (line + 1) * rows * bytes);
    await files.write(region, (line * place.total + place.column) * bytes, part);
  }
}

/** `[rows, width]` → `[width, rows]`, in tiles that fit the cache. */
function transposed(values: Float32Array, rows: number, width: number): Float32Array {
  const tile = 32;
  const result = new Float32Array(values.length);
  for (let top = 0; top < rows; top += tile) {
    for (let left = 0; left < width; left += tile) {
      for (let row = top; row < Math.min(top + tile, rows); row += 1) {
        for (let column = left; column < Math.min(left + tile, width); column += 1) {
          result[column * rows + row] = values[row * width + column] ?? 0;
        }
      }
    }
  }
  return result;
}

/** The bytes of numbers in their type. */
export function packFloats(values: Float32Array, type: FloatType): Uint8Array {
  if (type === "float32") return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return new Uint8Array(packFloat16(values).buffer);
}

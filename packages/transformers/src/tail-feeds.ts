import { VlaPrunerError } from "@vla-pruner/format";
import type { PositionSource } from "@vla-pruner/onnx/split";
import { seesAll } from "./prompt.ts";
import type { DecoderCall } from "./prompt.ts";
import type { StockTensor } from "./stock/stock-model.ts";

type TensorClass = new (type: "int64", data: BigInt64Array, dims: readonly number[]) => StockTensor;

/** An int64 tensor of the class that ONNX Runtime gave out itself: there may be two copies of it in a process. */
export function wholeTensor(
  { feeds }: DecoderCall,
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
): StockTensor {
  const Tensor = (feeds["inputs_embeds"] as StockTensor).constructor as TensorClass;
  return new Tensor(
    "int64",
    BigInt64Array.from({ length: values.length }, (_, index) => BigInt(values[index] ?? 0)),
    dims,
  );
}

/**
 * The mask of layers above the cut, whose cache may be shorter: the stock one while nothing is missing there, else one
 * that hides nothing.
 *
 * @throws `session-failed` for a stock mask that hides rows of a pruned cache: which ones is not known any more
 */
export function tailMask(call: DecoderCall, kept: Int32Array): StockTensor | undefined {
  const mask = call.feeds["attention_mask"];
  if (mask === undefined || (call.short === call.past && kept.length === call.rows)) return mask;
  if (!seesAll(mask)) {
    throw new VlaPrunerError("session-failed", {
      expected: "an attention mask of ones: the cache was pruned before",
      found: "zeros in it",
      fix: "start again without the cache, or leave padding out",
    });
  }
  const total = call.short + kept.length;
  return wholeTensor(call, new Uint8Array(call.batch * total).fill(1), [call.batch, total]);
}

/** Original positions of the kept rows, by the way in which the tail takes them. */
export function tailPositions(
  call: DecoderCall,
  kept: Int32Array,
  source: PositionSource,
): Record<string, StockTensor> {
  if (source === "none") return {};
  if (source === "shifted") {
    const shift = Array.from(kept, (row, index) => call.past + row - (call.short + index));
    return { position_shift: wholeTensor(call, shift) };
  }
  const given = call.feeds["position_ids"];
  if (given !== undefined) return { position_ids: lastAxis(call, given, kept) };
  const bases = rowBases(call);
  const positions = bases.flatMap((base) => Array.from(kept, (row) => base + row));
  return { position_ids: wholeTensor(call, positions, [bases.length, kept.length]) };
}

/** Columns of `[…, rows]`; mrope has three rows of positions. */
function lastAxis(call: DecoderCall, given: StockTensor, kept: Int32Array): StockTensor {
  const rows = given.dims.at(-1) ?? 0;
  const data = given.data as BigInt64Array;
  const values = Array.from({ length: data.length / rows }, (_, group) =>
    Array.from(kept, (row) => Number(data[group * rows + row])),
  );
  return wholeTensor(call, values.flat(), [...given.dims.slice(0, -1), kept.length]);
}

/** Position of the first row of each sequence, as fused attention counts it: from the mask, once there is a cache. */
function rowBases({ feeds, batch, rows, past }: DecoderCall): number[] {
  const mask = feeds["attention_mask"];
  if (mask === undefined || past === 0) return Array.from({ length: batch }, () => past);
  const [, width = 0] = mask.dims;
  const data = mask.data as BigInt64Array;
  return Array.from({ length: batch }, (_, index) => {
    const seen = data.subarray(index * width, (index + 1) * width).reduce((sum, value) => sum + value, 0n);
    return Number(seen) - rows;
  });
}

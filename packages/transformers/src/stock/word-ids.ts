import { Tensor } from "@huggingface/transformers";
import type { StockTensor } from "./stock-model.ts";

/** Ids of some words, `[1, count]`: the first ones, but for those that tokenizers keep for themselves. */
export function wordIds(count: number): StockTensor {
  const ids = BigInt64Array.from({ length: count }, (_, index) => BigInt(index + 4));
  const tensor: unknown = new Tensor("int64", ids, [1, count]);
  return (tensor as { ort_tensor: StockTensor }).ort_tensor;
}

import { VlaPrunerError } from "@vla-pruner/format";
import { float16Value } from "@vla-pruner/onnx/split";
import { wordIds } from "./stock/word-ids.ts";
import type { Feeds, InputFacts, StockSession, StockTensor } from "./stock/stock-model.ts";

type Data = Float32Array | Uint16Array | BigInt64Array;
type TensorClass = new (type: string, data: Data, dims: readonly number[]) => StockTensor;

/** Feeds of a stock decoder for some words, and for one more word on the cache that they left. */
export interface ProbeFeeds {
  readonly prompt: Feeds;
  readonly next: (outputs: Readonly<Record<string, StockTensor>>) => Feeds;
}

/**
 * Makes up a prompt of words for any decoder whose inputs are known.
 *
 * @throws `model-invalid` for an input that is not
 */
export async function probeFeeds(
  embed: StockSession,
  decoder: StockSession,
  rows: number,
): Promise<ProbeFeeds> {
  const { inputs_embeds: made } = await embed.run({ input_ids: wordIds(rows + 1) });
  if (made === undefined) throw unknown("an output inputs_embeds of the embedding", "none");
  const feeds = (start: number, count: number, past: Feeds): Feeds =>
    Object.fromEntries(
      decoder.inputMetadata.map((input) => [input.name, feed(input, { made, start, count, past })]),
    );
  return {
    prompt: feeds(0, rows, {}),
    next: (outputs) =>
      feeds(
        rows,
        1,
        Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [pastName(name), tensor])),
      ),
  };
}

interface Part {
  /** Embeddings of all words, `[1, words, hidden]`. */
  readonly made: StockTensor;
  readonly start: number;
  readonly count: number;
  readonly past: Feeds;
}

function feed({ name, type, shape }: InputFacts, { made, start, count, past }: Part): StockTensor {
  const Tensor = made.constructor as TensorClass;
  const whole = (values: readonly number[], dims: readonly number[]): StockTensor =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  const total = start + count;
  if (name === "inputs_embeds") {
    const width = made.dims[2] ?? 0;
    return new Tensor(made.type, (made.data as Float32Array).slice(start * width, total * width), [
      1,
      count,
      width,
    ]);
  }
  if (name === "attention_mask")
    return whole(
      Array.from({ length: total }, () => 1),
      [1, total],
    );
  if (name === "position_ids") {
    const groups = shape.length === 3 ? Number(shape[0]) || 3 : 1;
    const positions = Array.from({ length: groups * count }, (_, index) => start + (index % count));
    return whole(positions, shape.length === 3 ? [groups, 1, count] : [1, count]);
  }
  if (name === "num_logits_to_keep") return whole([0], shape.length === 0 ? [] : [1]);
  const cached = past[name];
  if (cached !== undefined) return cached;
  if (!name.startsWith("past"))
    throw unknown("a decoder whose inputs are embeddings, masks, positions and caches", `the input ${name}`);
  const dims = shape.map((size) => (typeof size === "number" ? size : size.includes("batch") ? 1 : 0));
  const elements = dims.reduce((product, size) => product * size, 1);
  return new Tensor(type, type === "float16" ? new Uint16Array(elements) : new Float32Array(elements), dims);
}

/** The input that an output cache becomes in the next run. */
function pastName(output: string): string {
  return output.replace(/^present_/u, "past_").replace(/^present\./u, "past_key_values.");
}

/** Values of a float tensor, half precision too. */
export function floatsOf(tensor: StockTensor | undefined): Float32Array {
  if (tensor === undefined) return new Float32Array(0);
  const data = tensor.data as Float32Array | Uint16Array;
  return data instanceof Uint16Array ? Float32Array.from(data, float16Value) : Float32Array.from(data);
}

function unknown(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("model-invalid", {
    expected,
    found,
    fix: "pass verify: false if you know this model to fit",
  });
}

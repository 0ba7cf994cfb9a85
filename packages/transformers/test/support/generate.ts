import { AutoModelForImageTextToText, env, Tensor } from "@huggingface/transformers";
import type { DynamicCache } from "@huggingface/transformers";
import type { Fixture } from "./fixtures.ts";

env.logLevel = 50;

/** Of the fixtures' models, as `tools/reference/stock-vlm/tiny.py` has them. */
export const IMAGE = 79;
const [VISION_START, VISION_END, TILE] = [78, 77, 16];
const NEW_TOKENS = 8;

/** What the tests use of a model: transformers.js types it loosely. */
export interface Model {
  sessions: Record<
    string,
    { inputNames: readonly string[]; run(feeds: unknown): Promise<Record<string, unknown>> }
  >;
  config: unknown;
  generate(inputs: object): Promise<unknown>;
  dispose(): Promise<unknown>;
}

export async function loadModel({ folder }: Pick<Fixture, "folder">, dtype = "fp32"): Promise<Model> {
  const dtypes = { decoder_model_merged: dtype, embed_tokens: "fp32", vision_encoder: "fp32" };
  const model: unknown = await AutoModelForImageTextToText.from_pretrained(folder, {
    dtype: dtypes as Record<string, "fp32">,
    device: "cpu",
  });
  return model as Model;
}

/** Park and Miller's generator: `tiny.py` draws the same numbers. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

export function wholeTensor(values: readonly number[], dims: readonly number[] = [1, values.length]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), [...dims]);
}

/** Token ids of a prompt: words, a picture, words, a picture, words. */
export interface Prompt {
  readonly ids: readonly number[];
  readonly inputs: Readonly<Record<string, Tensor>>;
}

export function promptOf(layout: string, seed: number): Prompt {
  const next = numbers(seed);
  const text = (count: number): number[] => Array.from({ length: count }, () => 4 + Math.floor(next() * 50));
  const grid = layout === "qwen2-vl";
  const tile = Array.from({ length: TILE }, () => IMAGE);
  const picture = grid ? [VISION_START, ...tile, VISION_END] : tile;
  const ids = [3, ...text(5), ...picture, ...text(2), ...picture, ...text(9)];
  const pixels = Float32Array.from({ length: 2 * 3 * 8 * 8 }, () => next() * 4 - 2);
  const inputs = {
    input_ids: wholeTensor(ids),
    attention_mask: wholeTensor(ids.map(() => 1)),
    pixel_values: new Tensor("float32", pixels, grid ? [2 * TILE, 12] : [1, 2, 3, 8, 8]),
    ...(grid && { image_grid_thw: wholeTensor([1, 8, 8, 1, 8, 8], [2, 3]) }),
  };
  return { ids, inputs };
}

/** Greedy tokens after a prompt. */
export async function tokensAfter(
  model: Model,
  { ids, inputs }: Prompt,
  count = NEW_TOKENS,
): Promise<number[]> {
  const sequences = await model.generate({
    ...inputs,
    max_new_tokens: count,
    do_sample: false,
    eos_token_id: null,
  });
  return numbersOf(sequences).slice(ids.length);
}

export function numbersOf(tensor: unknown): number[] {
  return Array.from((tensor as Tensor).data as BigInt64Array, Number);
}

/** Two turns over one cache: tokens of the second, and the cache of the first. */
export async function twoTurns(
  model: Model,
  prompt: Prompt,
): Promise<{ tokens: number[]; cache: DynamicCache }> {
  const options = { max_new_tokens: 4, do_sample: false, eos_token_id: null };
  const first = (await model.generate({
    ...prompt.inputs,
    ...options,
    return_dict_in_generate: true,
  })) as {
    sequences: unknown;
    past_key_values: DynamicCache;
  };
  const ids = [...numbersOf(first.sequences), 40, 41, 42];
  const inputs = { input_ids: wholeTensor(ids), attention_mask: wholeTensor(ids.map(() => 1)) };
  const second = await model.generate({ ...inputs, ...options, past_key_values: first.past_key_values });
  return { tokens: numbersOf(second), cache: first.past_key_values };
}

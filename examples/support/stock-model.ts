import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { AutoProcessor, RawImage, Tensor } from "@huggingface/transformers";
import { FRAMES } from "./camera.ts";

/** A stock model of transformers.js with a prompt for it. */
export interface StockSubject {
  /** Hub id, or folder. */
  readonly id: string;
  readonly dtype: string | Readonly<Record<string, string>>;
  /** What `generate` is given. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly remove: () => void;
}

const FIXTURES = join(import.meta.dirname, "../../packages/transformers/test/fixtures");
/** Ids of the tiny model. */
const [WORD, IMAGE] = [5, 79];
const TOKENS = 16;

/** A model of the Hub with a picture of the repository and a question. */
export async function hubModel(id: string, question: string): Promise<StockSubject> {
  const processor = await AutoProcessor.from_pretrained(id);
  const content = [{ type: "image" }, { type: "text", text: question }];
  const text: string = processor.apply_chat_template([{ role: "user", content }] as never, {
    add_generation_prompt: true,
  }) as never;
  const picture = await RawImage.read(FRAMES[0] ?? "");
  return { id, dtype: "q4", inputs: await processor(text, [picture]), remove: () => undefined };
}

/** A SmolVLM in miniature with random weights, as the real exporter writes it: it needs no network, and knows nothing. */
export function tinyModel(): StockSubject {
  const id = mkdtempSync(join(tmpdir(), "tiny-smolvlm-"));
  const onnx = join(id, "onnx");
  mkdirSync(onnx);
  for (const folder of ["shared", "smolvlm"]) {
    for (const name of readdirSync(join(FIXTURES, folder))) {
      const file = join(FIXTURES, folder, name);
      if (name.endsWith(".gz")) writeFileSync(join(onnx, name.slice(0, -3)), gunzipSync(readFileSync(file)));
      else cpSync(file, join(name.endsWith(".onnx") ? onnx : id, name));
    }
  }
  writeFileSync(join(id, "generation_config.json"), "{}");
  const picture = Array.from({ length: TOKENS }, () => IMAGE);
  const ids = [3, WORD, ...picture, WORD + 1, ...picture, WORD + 2, WORD + 3];
  const pixels = Float32Array.from({ length: 2 * 3 * 8 * 8 }, (_, index) => Math.sin(index));
  return {
    id,
    dtype: { embed_tokens: "fp32", vision_encoder: "fp32", decoder_model_merged: "q4" },
    inputs: {
      input_ids: whole(ids),
      attention_mask: whole(ids.map(() => 1)),
      pixel_values: new Tensor("float32", pixels, [1, 2, 3, 8, 8]),
    },
    remove: () => rmSync(id, { recursive: true }),
  };
}

function whole(values: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
}

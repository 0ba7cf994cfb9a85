import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AutoModelForImageTextToText, AutoProcessor, RawImage } from "@huggingface/transformers";
import type { Tensor } from "@huggingface/transformers";
import { fastv } from "@vla-pruner/core";
import { withPruning } from "@vla-pruner/transformers";
import { PNG } from "pngjs";
import { Models } from "../../../transformers/test/support/fixtures.ts";

/** Pixels a side of the pictures that the model looks at, its patches, its vocabulary. */
const [SIDE, PATCHES, VOCABULARY] = [8, 16, 80];
const SPECIALS = { "<global-img>": 77, "<fake_token_around_image>": 78, "<image>": 79 };

let made: StockVlm | undefined;

/** One for all tests. */
export function stockVlm(): StockVlm {
  return (made ??= new StockVlm());
}

/** A tiny random Idefics3 as an exporter made it, its weights in a file of their own, in a folder with a processor. */
class StockVlm {
  readonly folder: string;
  readonly #models = new Models();

  constructor() {
    this.folder = this.#models.unpack("smolvlm").folder;
    for (const dtype of ["fp16", "q4"])
      rmSync(join(this.folder, "onnx", `decoder_model_merged_${dtype}.onnx`));
    const files = {
      "preprocessor_config.json": {
        processor_class: "Idefics3Processor",
        image_processor_type: "Idefics3ImageProcessor",
        do_resize: true,
        size: { longest_edge: SIDE },
        max_image_size: { longest_edge: SIDE },
        do_image_splitting: true,
        do_rescale: true,
        rescale_factor: 1 / 255,
        do_normalize: true,
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
      },
      "processor_config.json": { processor_class: "Idefics3Processor", image_seq_len: PATCHES },
      "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast" },
      "tokenizer.json": letters(),
    };
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(this.folder, name), JSON.stringify(content));
  }

  /** What it says in Node, stock and with a quarter of the patches. */
  async answers(pixels: Uint8Array, question: string, longest: number): Promise<StockAnswers> {
    const dtype = { embed_tokens: "fp32", vision_encoder: "fp32", decoder_model_merged: "fp32" } as const;
    const model = await AutoModelForImageTextToText.from_pretrained(this.folder, { dtype, device: "cpu" });
    const processor = await AutoProcessor.from_pretrained(this.folder);
    const image = new RawImage(new Uint8ClampedArray(pixels), SIDE, SIDE, 3);
    const inputs = (await processor(`<image>${question}`, [image], {
      do_image_splitting: false,
    })) as Record<string, Tensor>;
    const say = async (): Promise<string> => {
      const options = { ...inputs, max_new_tokens: longest, do_sample: false };
      const sequences = (await model.generate(options)) as Tensor;
      const [, length = 0] = inputs["input_ids"]?.dims ?? [];
      const words = sequences.slice(null, [length, length + longest]);
      return processor.batch_decode(words, { skip_special_tokens: true })[0]?.trim() ?? "";
    };
    const dense = await say();
    const { pruning } = await withPruning(model, {
      model: this.folder,
      layer: 2,
      pruner: fastv({ retention: 0.25 }),
    });
    const pruned = await say();
    await model.dispose();
    return { dense, pruned, keep: [...(pruning.last?.keep ?? [])] };
  }

  remove(): void {
    this.#models.remove();
  }
}

export interface StockAnswers {
  readonly dense: string;
  readonly pruned: string;
  readonly keep: readonly number[];
}

/** A picture that every patch of is another colour, as pixels and as a file. */
export function colours(): { readonly pixels: Uint8Array; readonly png: Buffer } {
  const picture = new PNG({ width: SIDE, height: SIDE });
  const pixels = new Uint8Array(3 * SIDE * SIDE);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
    const colour = [37, 91, 53].map((step, channel) => (pixel * step + 80 * channel) % 256);
    pixels.set(colour, 3 * pixel);
    picture.data.set([...colour, 255], 4 * pixel);
  }
  return { pixels, png: PNG.sync.write(picture) };
}

/** A tokenizer of single letters. */
function letters(): object {
  const visible = Array.from("abcdefghijklmnopqrstuvwxyz0123456789.,?!-:;'()/+*=<>#&%$@_\u0120\u010a");
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  const names = ["<unk>", "<pad>", "<s>", "</s>", ...visible];
  while (names.length < VOCABULARY - 3) names.push(`<${names.length}>`);
  return {
    version: "1.0",
    added_tokens: Object.entries(SPECIALS).map(([content, id]) => ({ id, content, special: true })),
    normalizer: { type: "Lowercase" },
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      unk_token: "<unk>",
      vocab: { ...Object.fromEntries(names.map((name, id) => [name, id])), ...SPECIALS },
      merges: [],
    },
  };
}

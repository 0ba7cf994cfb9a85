/**
 * Writes the checkpoint that ships with the repository: an OpenVLA in miniature, with seeded random weights.
 *
 *     node --import tsx --conditions=@vla-pruner/source tools/make-random-openvla.ts [FOLDER]
 *
 * Running it again gives the same bytes.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SyntheticSource, writeSafetensors } from "../packages/onnx/src/convert.ts";
import type { SyntheticTensor, TensorSource } from "../packages/onnx/src/convert.ts";
import { openvlaRecipe } from "../packages/plugin-openvla/src/convert.ts";
import { byteTokenizer, TOKENIZER_CONFIG } from "./make-byte-tokenizer.ts";

const SEED = 251_116_449;
const HEAD = "language_model.lm_head.weight";
const VOCABULARY = 32_064;
const PADDING = 64;
const BINS = 256;

const TOWER = { hidden: 32, layers: 3, intermediate: 64, patch: 14 };
const TOWERS = [
  { ...TOWER, class_token: true, registers: 4, layer_scale: true },
  { ...TOWER, class_token: false, registers: 0, layer_scale: false },
];

const CONFIG = {
  architectures: ["OpenVLAForActionPrediction"],
  model_type: "openvla",
  image_resize_strategy: "resize-naive",
  image_sizes: [224, 224],
  n_action_bins: BINS,
  pad_to_multiple_of: PADDING,
  use_fused_vision_backbone: true,
  vision_heads: [2, 2],
  text_config: {
    model_type: "llama",
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 18,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    vocab_size: VOCABULARY,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-6,
  },
  norm_stats: {
    tiny_table_top: {
      action: {
        mask: [true, true, true, true, true, true, false],
        q01: [-0.05, -0.05, -0.05, -0.1, -0.1, -0.1, 0],
        q99: [0.05, 0.05, 0.05, 0.1, 0.1, 0.1, 1],
      },
    },
  },
};

const PREPROCESSOR = {
  image_processor_type: "PrismaticImageProcessor",
  processor_class: "PrismaticProcessor",
  image_resize_strategy: "resize-naive",
  input_sizes: [
    [3, 224, 224],
    [3, 224, 224],
  ],
  interpolations: ["bicubic", "bicubic"],
  means: [
    [0.485, 0.456, 0.406],
    [0.5, 0.5, 0.5],
  ],
  stds: [
    [0.229, 0.224, 0.225],
    [0.5, 0.5, 0.5],
  ],
};

/**
 * Spreads that make so small a random model react to its picture: weak position tables and words, so that
 * what a patch shows counts, and strong queries and keys, so that attention is far from even.
 */
const DEVIATIONS: readonly (readonly [RegExp, number])[] = [
  [/pos_embed$/, 0.1],
  [/embed_tokens\.weight$/, 0.1],
  [/language_model.*[qk]_proj\.weight$/, 0.4],
];

function shapes(): Map<string, SyntheticTensor> {
  const tensors = new Map(openvlaRecipe.tensors({ ...CONFIG, vision_towers: TOWERS }));
  for (const [name, tensor] of tensors) {
    const deviation = DEVIATIONS.find(([pattern]) => pattern.test(name))?.[1];
    if (deviation !== undefined) tensors.set(name, { ...tensor, deviation });
  }
  return tensors;
}

/** Beginnings of names, and of names within a block, in the order of the shipped file. */
const GROUPS = [
  "vision_backbone.featurizer.",
  "vision_backbone.fused_featurizer.",
  "projector.",
  "language_model.model.",
  "language_model.lm_head.",
];
const PARTS = ["norm1", "norm2", "attn", "mlp.fc", "ls", "self_attn", "mlp", "input_", "post_"];

/** Where a tensor stands in the shipped file, among those whose order is not the graphs' own. */
function place(name: string): number {
  const group = 1000 * GROUPS.findIndex((start) => name.startsWith(start));
  const [, block, part = ""] = /(?:blocks|layers)\.(\d+)\.(.*)$/u.exec(name) ?? [];
  if (block === undefined) return name.includes(".norm.") ? group + 999 : group;
  return group + 1 + Number(block) * PARTS.length + PARTS.findIndex((start) => part.startsWith(start));
}

/** Random words would win over the action bins; larger rows make every token an action. */
class ActionHead implements TensorSource {
  readonly names: readonly string[];
  readonly #source: TensorSource;

  constructor(source: TensorSource) {
    this.names = source.names;
    this.#source = source;
  }

  info(name: string): ReturnType<TensorSource["info"]> {
    return this.#source.info(name);
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const values = await this.#source.read(name, start, count);
    if (name !== HEAD) return values;
    const { hidden_size: width } = CONFIG.text_config;
    const last = VOCABULARY - PADDING;
    return values.map((value, index) => {
      const row = Math.floor((start + index) / width);
      return row >= last - BINS && row < last ? 8 * value : value;
    });
  }

  async close(): Promise<void> {
    await this.#source.close();
  }
}

/** Writes the files that a Hugging Face checkpoint consists of; the model card is written by hand. */
export async function makeTinyOpenVla(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tensors = shapes();
  const names = [...tensors.keys()].toSorted((a, b) => place(a) - place(b));
  const source = new ActionHead(new SyntheticSource(tensors, SEED));
  await writeSafetensors(join(folder, "model.safetensors"), source, names, "F16");
  const files = {
    "config.json": CONFIG,
    "preprocessor_config.json": PREPROCESSOR,
    "tokenizer.json": byteTokenizer(),
    "tokenizer_config.json": TOKENIZER_CONFIG,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), formatJson(content));
  }
}

/** JSON as the repository's formatter leaves it: lists of plain values on one line. */
function formatJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(/\[\s+([^[\]{}]*?)\s+\]/g, (_, items: string) => `[${items.replaceAll(/\s+/g, " ")}]`)}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const shipped = join(import.meta.dirname, "..", "checkpoints", "random-openvla");
  await makeTinyOpenVla(resolve(process.argv[2] ?? shipped));
}

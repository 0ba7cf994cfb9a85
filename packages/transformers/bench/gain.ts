/**
 * What pruning gains inside a stock model of real size with random weights: milliseconds of the vision tower, of the
 * decoder's prefill and to the first token, dense and at 25 %, the runs in turn.
 *
 *     pnpm example packages/transformers/bench/gain.ts [smolvlm-256m|paligemma-3b] [--pictures 1,5] [--runs 7] [--threads 1] [--layer 2]
 *
 * Writes the model to a temporary folder first, which takes a minute or two.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AutoModelForImageTextToText, env, Tensor } from "@huggingface/transformers";
import { fastv } from "@vla-pruner/core";
import { withPruning } from "../src/index.ts";
import { visualTokens, writeRandomVlm } from "./random-vlm.ts";
import { MODELS } from "./vlm-sizes.ts";
import type { VlmSizes } from "./vlm-sizes.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pictures: { type: "string", default: "1,5" },
    runs: { type: "string", default: "7" },
    threads: { type: "string", default: "1" },
    layer: { type: "string", default: "2" },
    retention: { type: "string", default: "0.25" },
  },
});
const [name = "smolvlm-256m"] = positionals;
const sizes = MODELS[name];
if (sizes === undefined) throw new Error(`one of ${Object.keys(MODELS).join(", ")}, not ${name}`);
env.logLevel = 50;

interface Run {
  run(feeds: unknown): Promise<unknown>;
}
interface Model {
  sessions: Record<string, Run>;
  config: unknown;
  generate(inputs: object): Promise<unknown>;
  dispose(): Promise<unknown>;
}
interface Times {
  readonly vision: number;
  readonly prefill: number;
  readonly first: number;
}

const [runs, threads, layer, retention] = [values.runs, values.threads, values.layer, values.retention].map(
  Number,
) as [number, number, number, number];
const session_options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
const folder = await mkdtemp(join(tmpdir(), "vla-pruner-gain-"));
try {
  await writeRandomVlm(sizes, folder);
  const [stock, pruned] = [await load(), await load()];
  const pruning = { model: folder, layer, pruner: fastv({ retention }), session_options };
  await withPruning(pruned, pruning);
  const subjects = [stock, pruned].map(timed);
  console.log(
    `${name}, q4, K = ${layer}, ${retention * 100} % kept, ${threads} threads of ${cpus()[0]?.model ?? "?"}`,
  );
  if (sizes.reduced !== null) console.log(`Reduced: ${sizes.reduced}.`);
  console.log(`Median of ${runs} runs (least to most), in milliseconds.\n`);
  console.log("| rows | stage | dense | pruned | gain |\n| ---: | --- | ---: | ---: | ---: |");
  for (const pictures of values.pictures.split(",").map(Number)) await compare(subjects, pictures, sizes);
  await stock.dispose();
  await pruned.dispose();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function load(): Promise<Model> {
  const model: unknown = await AutoModelForImageTextToText.from_pretrained(folder, {
    dtype: "q4",
    device: "cpu",
    session_options,
  });
  return model as Model;
}

type Subject = (inputs: object) => Promise<Times>;

/** Runs a model to its first token, with a clock at two of its sessions. */
function timed(model: Model): Subject {
  const spent = { vision_encoder: 0, decoder_model_merged: 0 };
  for (const stage of ["vision_encoder", "decoder_model_merged"] as const) {
    const session = model.sessions[stage] as Run;
    const run = session.run.bind(session);
    session.run = async (feeds) => {
      const before = performance.now();
      const outputs = await run(feeds);
      spent[stage] = performance.now() - before;
      return outputs;
    };
  }
  return async (inputs) => {
    const before = performance.now();
    await model.generate({ ...inputs, max_new_tokens: 1, do_sample: false });
    return {
      vision: spent.vision_encoder,
      prefill: spent.decoder_model_merged,
      first: performance.now() - before,
    };
  };
}

async function compare(subjects: readonly Subject[], pictures: number, facts: VlmSizes): Promise<void> {
  const inputs = promptOf(pictures, facts);
  const times: Times[][] = [[], []];
  for (let run = -1; run < runs; run += 1)
    for (const [index, subject] of subjects.entries()) {
      const taken = await subject(inputs);
      if (run >= 0) times[index]?.push(taken);
    }
  const rows = inputs.input_ids.dims[1];
  const stages = [
    ["vision", "vision tower"],
    ["prefill", "prefill"],
    ["first", "first token"],
  ] as const;
  for (const [stage, label] of stages) {
    const [dense, pruned] = times.map((all) => spread(all.map((taken) => taken[stage])));
    const gain = (dense?.median ?? 0) / (pruned?.median ?? 1);
    console.log(`| ${rows} | ${label} | ${dense?.text} | ${pruned?.text} | ${gain.toFixed(2)} × |`);
  }
}

function spread(times: readonly number[]): { readonly median: number; readonly text: string } {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return { median, text: `${median.toFixed(0)} (${sorted[0]?.toFixed(0)} to ${sorted.at(-1)?.toFixed(0)})` };
}

/** Pictures with a word between them, and sixteen words of a question. */
function promptOf(
  pictures: number,
  facts: VlmSizes,
): { input_ids: Tensor; attention_mask: Tensor; pixel_values: Tensor } {
  const picture = Array.from({ length: visualTokens(facts) }, () => facts.imageToken);
  const ids = [5, ...Array.from({ length: pictures }, () => [...picture, 7]).flat()];
  for (let word = 0; word < 16; word += 1) ids.push(100 + word * 37);
  const pixels = Float32Array.from({ length: pictures * 3 * facts.side ** 2 }, (_, index) =>
    Math.sin(index * 0.37),
  );
  return {
    input_ids: whole(ids),
    attention_mask: whole(ids.map(() => 1)),
    pixel_values: new Tensor("float32", pixels, [1, pictures, 3, facts.side, facts.side]),
  };
}

function whole(numbers: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(numbers, BigInt), [1, numbers.length]);
}

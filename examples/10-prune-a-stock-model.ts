/**
 * Prunes inside a stock vision-language model of transformers.js: a tiny one that is here, or one of the Hub.
 *
 *     npx pnpm@12 example examples/10-prune-a-stock-model.ts
 *     npx pnpm@12 example examples/10-prune-a-stock-model.ts HuggingFaceTB/SmolVLM-256M-Instruct "What is on the table?"
 */
import { AutoModelForImageTextToText, AutoTokenizer } from "@huggingface/transformers";
import type { Tensor } from "@huggingface/transformers";
import { fastv, keepAll } from "@vla-pruner/core";
import { withPruning } from "@vla-pruner/transformers";
import { hubModel, tinyModel } from "./support/stock-model.ts";

const [id, question = "What is on the table?"] = process.argv.slice(2);
const { inputs, dtype, remove, ...subject } = id === undefined ? tinyModel() : await hubModel(id, question);
const model = await AutoModelForImageTextToText.from_pretrained(subject.id, {
  dtype: dtype as "q4",
  device: "cpu",
});
const options = { ...inputs, max_new_tokens: id === undefined ? 8 : 64, do_sample: false };

async function answer(): Promise<bigint[]> {
  const sequences = (await model.generate(options)) as Tensor;
  const { dims } = inputs["input_ids"] as Tensor;
  return Array.from(sequences.data as BigInt64Array).slice(dims[1]);
}

const stock = await answer();
const pruned = await withPruning(model, { model: subject.id, layer: 2, pruner: keepAll() });
console.log(`retention 1 answers as the stock model: ${String(await answer()) === String(stock)}`);

for (const retention of [0.5, 0.25]) {
  pruned.pruning.pruner = fastv({ retention });
  const tokens = await answer();
  const { last } = pruned.pruning;
  if (last === null) break;
  console.log(`${last.decision}: layers from 2 on see ${last.keptRows.length} of ${last.rows} rows`);
  for (const { name, start, count } of last.views) {
    const kept = last.keep.filter((token) => token >= start && token < start + count);
    console.log(`  ${name}: ${kept.length} of ${count} visual tokens`);
  }
  if (id === undefined) continue;
  console.log((await AutoTokenizer.from_pretrained(id)).decode(tokens, { skip_special_tokens: true }));
  console.log(last.timings);
}
await pruned.dispose();
remove();

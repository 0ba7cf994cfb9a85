import assert from "node:assert/strict";
import { openStockFile } from "#stock-file";
import { graphFileName, VlaPrunerError } from "@vla-pruner/format";
import { splitDecoder } from "@vla-pruner/onnx/split";
import type { SplitDecoder, SplitOptions } from "@vla-pruner/onnx/split";
import { DecoderHalves } from "../src/decoder-halves.ts";
import { floatsOf } from "../src/probe-feeds.ts";
import { partOptions } from "../src/session-options.ts";
import { DECODER, stockParts } from "../src/stock/stock-model.ts";
import type { Feeds, StockParts, StockTensor } from "../src/stock/stock-model.ts";
import { LAYOUTS, Models } from "./support/fixtures.ts";
import { loadModel, promptOf, tokensAfter, wholeTensor } from "./support/generate.ts";
import type { Model } from "./support/generate.ts";

type Outputs = Readonly<Record<string, StockTensor>>;

/** A run of the stock decoder. */
interface Run {
  readonly feeds: Feeds;
  readonly outputs: Outputs;
}

const CUTS = ["boundary", "early"] as const;
/** Of the largest value: half precision rounds where the parts are cut. */
const tolerance = (dtype: string): number => (dtype.includes("16") ? 1e-2 : 1e-5);

describe("splitDecoder, at any layer of the exporters' graphs", () => {
  const models = new Models();
  after(() => models.remove());

  for (const layout of LAYOUTS) {
    it(`gives halves whose logits and caches are the stock ones, or refuses: ${layout}`, async () => {
      const fixture = models.unpack(layout);
      for (const dtype of fixture.dtypes) {
        const model = await loadModel(fixture, dtype);
        const parts = stockParts(model);
        const runs = await recorded(model, parts, layout);
        const file = await openStockFile({
          model: fixture.folder,
          file: `onnx/${graphFileName(DECODER, dtype)}`,
          revision: "main",
          cacheDir: undefined,
        });
        let splits = 0;
        for (let layer = -1; layer <= 5; layer += 1) {
          for (const cut of CUTS) {
            if (dtype !== "fp32" && cut !== CUTS[layer & 1]) continue;
            const split = splitOrRefusal(file.bytes, {
              layer,
              cut,
              fileName: file.name,
              tap: cut === "early",
            });
            if (split === null) continue;
            splits += 1;
            const halves = await DecoderHalves.open({
              split,
              open: parts.open,
              options: async (files) => partOptions("cpu", {}, await file.weights(files), []),
              outputNames: parts.decoderFacts.outputNames,
            });
            for (const run of runs)
              await assertSame(halves, run, `${dtype}, layer ${layer}, ${cut}`, tolerance(dtype));
            await halves.release();
          }
        }
        assert.ok(splits >= 2, `${splits} of ${dtype}`);
        await model.dispose();
      }
    });
  }
});

function splitOrRefusal(bytes: Uint8Array, options: SplitOptions): SplitDecoder | null {
  try {
    return splitDecoder(bytes, options);
  } catch (error) {
    assert.ok(VlaPrunerError.is(error), String(error));
    return null;
  }
}

/** What transformers.js asks of the decoder for a prompt and two more words, and what comes back: logits of all rows. */
async function recorded(model: Model, { sessions, decoder }: StockParts, layout: string): Promise<Run[]> {
  const runs: Run[] = [];
  const { inputNames, outputNames, inputMetadata } = decoder;
  sessions[DECODER] = {
    inputNames,
    outputNames,
    inputMetadata,
    async run(feeds: Feeds) {
      const all = {
        ...feeds,
        ...(feeds["num_logits_to_keep"] && { num_logits_to_keep: ort(wholeTensor([0], [])) }),
      };
      runs.push({ feeds: all, outputs: { ...(await decoder.run(all)) } });
      return decoder.run(feeds);
    },
  };
  await tokensAfter(model, promptOf(layout, 1), 3);
  sessions[DECODER] = decoder;
  return runs;
}

function ort(tensor: unknown): StockTensor {
  return (tensor as { ort_tensor: StockTensor }).ort_tensor;
}

async function assertSame(
  halves: DecoderHalves,
  { feeds, outputs }: Run,
  what: string,
  limit: number,
): Promise<void> {
  const call = halves.callOf(feeds);
  const all = Int32Array.from({ length: call.rows }, (_, row) => row);
  const found = await halves.runTail(call, await halves.runHead(call, all), all);
  assert.deepEqual(Object.keys(found), Object.keys(outputs), what);
  for (const [name, expected] of Object.entries(outputs)) {
    const own = found[name];
    assert.deepEqual(own?.dims, expected.dims, `${what}: ${name}`);
    const [values, wanted] = [floatsOf(own), floatsOf(expected)];
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    for (const [index, value] of wanted.entries())
      assert.ok(
        Math.abs(value - (values[index] ?? Number.NaN)) <= limit * largest,
        `${what}: ${name}, ${call.rows} rows`,
      );
  }
}

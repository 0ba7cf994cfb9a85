import assert from "node:assert/strict";
import { fastv, keepAll } from "@vla-pruner/core";
import { withPruning } from "../src/index.ts";
import { LAYOUTS, Models } from "./support/fixtures.ts";
import type { Fixture, Reference } from "./support/fixtures.ts";
import { loadModel, promptOf, tokensAfter } from "./support/generate.ts";

/** First, middle, last of four layers. */
const LAYERS = [1, 2, 3];
const CUTS = ["boundary", "early"] as const;

describe("stock decoders in the layouts of their exporters", () => {
  const models = new Models();
  after(() => models.remove());

  it("are there", () => assert.ok(LAYOUTS.length > 0));

  for (const layout of LAYOUTS) {
    describe(layout, () => {
      let fixture: Fixture;
      const stock = new Map<string, number[][]>();
      const prompts = [1, 2, 3].map((seed) => promptOf(layout, seed));

      before(async () => {
        fixture = models.unpack(layout);
        for (const dtype of fixture.dtypes) {
          const model = await loadModel(fixture, dtype);
          const tokens: number[][] = [];
          for (const prompt of prompts) tokens.push(await tokensAfter(model, prompt));
          stock.set(dtype, tokens);
          await model.dispose();
        }
      });

      for (const layer of LAYERS) {
        for (const cut of CUTS) {
          it(`layer ${layer}, cut ${cut}: retention 1 gives the stock tokens, 25 % those of PyTorch`, async () => {
            const references = fixture.reference[layer];
            for (const dtype of fixture.dtypes) {
              const options = { model: fixture.folder, layer, cut, pruner: keepAll() };
              const loaded = await loadModel(fixture, dtype);
              if (references === undefined) {
                // No attention below: there is nothing to tap.
                await assert.rejects(withPruning(loaded, options), /an attention layer below layer/u);
                await loaded.dispose();
                continue;
              }
              const model = await withPruning(loaded, options);
              for (const [index, prompt] of prompts.entries())
                assert.deepEqual(
                  await tokensAfter(model, prompt),
                  stock.get(dtype)?.[index],
                  `${dtype}, retention 1`,
                );
              model.pruning.pruner = fastv({ retention: 0.25 });
              for (const [index, prompt] of prompts.entries()) {
                const tokens = await tokensAfter(model, prompt);
                if (dtype !== "fp32") continue;
                const reference: Reference | undefined = references[index];
                assert.deepEqual(stock.get(dtype)?.[index], reference?.dense, "the stock model is PyTorch's");
                assert.deepEqual(Array.from(model.pruning.last?.keptRows ?? []), reference?.kept, "rows");
                assert.deepEqual(tokens, reference?.pruned, "tokens of the pruned model");
              }
              await model.dispose();
            }
          });
        }
      }
    });
  }
});

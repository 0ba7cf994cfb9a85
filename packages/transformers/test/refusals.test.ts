import assert from "node:assert/strict";
import { fastv, VlaPrunerError } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { withPruning } from "../src/index.ts";
import type { PruningOptions } from "../src/index.ts";
import { Models } from "./support/fixtures.ts";
import { loadModel, promptOf, tokensAfter } from "./support/generate.ts";

const QUARTER = fastv({ retention: 0.25 });
const prompt = promptOf("llava-onevision", 1);

describe("pruning of a stock model that cannot be", () => {
  const models = new Models();
  const fixture = models.unpack("llava-onevision");
  after(() => models.remove());

  it("is refused, and leaves the model as it was, where something is wrong", async () => {
    const model = await loadModel(fixture);
    const stock = await tokensAfter(model, prompt, 3);
    const wrong = (options: Partial<PruningOptions>): Promise<unknown> =>
      withPruning(model, { model: fixture.folder, layer: 2, pruner: QUARTER, ...options });
    await assert.rejects(wrong({ model: "no/such-model" }), hasCode("model-missing"));
    await assert.rejects(wrong({ layer: 9 }), /from 1 to 3.*found 9/u);
    await assert.rejects(wrong({ layer: 0 }), hasCode("invalid-option"));
    await assert.rejects(wrong({ retention: 0.5 } as never), hasCode("invalid-option"));
    assert.deepEqual(await tokensAfter(model, prompt, 3), stock);
    const other = models.unpack("counted-positions");
    await assert.rejects(
      wrong({ model: other.folder }),
      (error) => VlaPrunerError.is(error),
      "another model's file",
    );
    // The file of another model cannot bring this one back: it says so instead of answering wrongly.
    await assert.rejects(tokensAfter(model, prompt, 3), hasCode("disposed"));
    await model.dispose();
  });

  it("is refused twice, and nothing runs after dispose", async () => {
    const model = await withPruning(await loadModel(fixture), {
      model: fixture.folder,
      layer: 2,
      pruner: QUARTER,
    });
    const again = { model: fixture.folder, layer: 2, pruner: QUARTER };
    await assert.rejects(withPruning(model, again), /is not pruned yet/u);
    await model.dispose();
    await assert.rejects(tokensAfter(model, prompt, 3));
  });
});

import assert from "node:assert/strict";
import { cat } from "@huggingface/transformers";
import { fastv, keepAll, PRUNERS, vlaPruner } from "@vla-pruner/core";
import type { SemanticRows, StageMiddleware } from "@vla-pruner/core";
import { withPruning } from "../src/index.ts";
import type { Pruned, PruningOptions } from "../src/index.ts";
import { Models } from "./support/fixtures.ts";
import type { Fixture } from "./support/fixtures.ts";
import {
  IMAGE,
  loadModel,
  numbersOf,
  promptOf,
  tokensAfter,
  twoTurns,
  wholeTensor,
} from "./support/generate.ts";
import type { Model } from "./support/generate.ts";

const LAYOUT = "llava-onevision";
const QUARTER = fastv({ retention: 0.25 });
const prompt = promptOf(LAYOUT, 1);

describe("generate on a pruned stock model", () => {
  const models = new Models();
  let fixture: Fixture;
  let pruned: Pruned<Model>;
  const said: string[] = [];

  const prune = async (options: Partial<PruningOptions> = {}): Promise<Pruned<Model>> =>
    withPruning(await loadModel(fixture), { model: fixture.folder, layer: 2, pruner: QUARTER, ...options });

  before(async () => {
    fixture = models.unpack(LAYOUT);
    pruned = await prune();
    pruned.pruning.events.on("notice", ({ message }) => void said.push(message));
  });

  after(async () => {
    await pruned.dispose();
    models.remove();
  });

  it("reports what was kept, why, and how long each stage took", async () => {
    await tokensAfter(pruned, prompt);
    const { last } = pruned.pruning;
    assert.ok(last);
    assert.equal(last.decision, "pruned");
    assert.deepEqual(last.views, [
      { name: "image-1", start: 0, count: 16 },
      { name: "image-2", start: 16, count: 16 },
    ]);
    assert.equal(last.keep.length, 8);
    assert.deepEqual(
      Array.from(last.visualRows),
      [...prompt.ids.entries()].filter(([, id]) => id === IMAGE).map(([row]) => row),
    );
    const visual = Array.from(last.keptRows).filter((row) => prompt.ids[row] === IMAGE);
    assert.deepEqual(
      visual,
      Array.from(last.keep, (index) => last.visualRows[index]),
    );
    for (const stage of ["encodeVision", "prefillHead", "select", "act"] as const)
      assert.ok((last.timings[stage] ?? -1) >= 0, stage);
  });

  it("gives the scores of PyTorch for all rows", async () => {
    const scores: SemanticRows[] = ["prefill", "last", "text", "raters"];
    const model = await prune({ scores });
    await tokensAfter(model, prompt);
    for (const rows of scores) {
      const expected = fixture.reference[2]?.[0]?.scores?.[rows] ?? [];
      const found = model.pruning.last?.semantic[rows] ?? new Float32Array(0);
      assert.equal(found.length, expected.length);
      for (const [index, value] of expected.entries())
        assert.ok(Math.abs(value - (found[index] ?? 0)) < 1e-5, `${rows} of token ${index}`);
    }
    await model.dispose();
  });

  it("goes on over a ragged cache for several turns", async () => {
    const stock = await loadModel(fixture);
    const { tokens } = await twoTurns(stock, prompt);
    await stock.dispose();
    pruned.pruning.pruner = keepAll();
    assert.deepEqual((await twoTurns(pruned, prompt)).tokens, tokens, "retention 1");
    pruned.pruning.pruner = QUARTER;
    const { cache } = await twoTurns(pruned, prompt);
    const lengths = [1, 2].map((layer) => cache[`past_key_values.${layer}.key`]?.dims.at(-2) ?? 0);
    assert.equal(
      (lengths[0] ?? 0) - (lengths[1] ?? 0),
      24,
      "the upper layers lack the tokens that were pruned",
    );
  });

  it("keeps generates that run at once apart", async () => {
    const other = promptOf(LAYOUT, 2);
    const alone = [await tokensAfter(pruned, prompt), await tokensAfter(pruned, other)];
    assert.deepEqual(await Promise.all([tokensAfter(pruned, prompt), tokensAfter(pruned, other)]), alone);
  });

  it("runs what it cannot prune dense, and says why, once", async () => {
    const stock = await loadModel(fixture);
    const mask = wholeTensor([0, ...prompt.ids.slice(1).map(() => 1)]);
    const padded = { ...prompt, inputs: { ...prompt.inputs, attention_mask: mask } };
    said.length = 0;
    for (let run = 0; run < 2; run += 1)
      assert.deepEqual(await tokensAfter(pruned, padded), await tokensAfter(stock, padded));
    assert.equal(pruned.pruning.last?.decision, "dense");
    assert.deepEqual(said, [pruned.pruning.last?.reason]);
    const [ids, pixels] = [numbersOf(prompt.inputs["input_ids"]), prompt.inputs["pixel_values"]];
    const batch = {
      input_ids: wholeTensor([...ids, ...ids], [2, ids.length]),
      attention_mask: wholeTensor(
        Array.from({ length: 2 * ids.length }, () => 1),
        [2, ids.length],
      ),
      pixel_values: pixels && cat([pixels, pixels], 0),
    };
    const options = { max_new_tokens: 3, do_sample: false, eos_token_id: null };
    assert.deepEqual(
      numbersOf(await pruned.generate({ ...batch, ...options })),
      numbersOf(await stock.generate({ ...batch, ...options })),
    );
    assert.match(pruned.pruning.last?.reason ?? "", /batch of 2/u);
    const words = {
      ids: [3, 5, 6, 7],
      inputs: { input_ids: wholeTensor([3, 5, 6, 7]), attention_mask: wholeTensor([1, 1, 1, 1]) },
    };
    assert.deepEqual(await tokensAfter(pruned, words), await tokensAfter(stock, words));
    await stock.dispose();
  });

  it("takes every pruner of core; vla-pruner chooses by its semantic half, and it is said", async () => {
    said.length = 0;
    for (const name of Object.keys(PRUNERS)) {
      const made = PRUNERS[name]?.make({ retention: 0.25 });
      assert.ok(made);
      const scores = made.semanticRows;
      if (scores !== undefined && scores !== "last") continue;
      pruned.pruning.pruner = made;
      await tokensAfter(pruned, prompt, 2);
      assert.equal(pruned.pruning.last?.keep.length, name === "keep-all" ? 32 : 8, name);
    }
    assert.ok(
      said.some((message) => /vla-pruner has no actions/u.test(message)),
      said.join(),
    );
    pruned.pruning.pruner = vlaPruner({ retention: 0.25 });
    await tokensAfter(pruned, prompt, 2);
    assert.equal(pruned.pruning.last?.reason, "semantic");
    pruned.pruning.pruner = QUARTER;
  });

  it("lets middleware of core change a decision", async () => {
    const first: StageMiddleware = {
      async select(_input, _next) {
        return { decision: "pruned", keep: Int32Array.of(0), reason: "mine" };
      },
    };
    const model = await prune({ middleware: [first] });
    await tokensAfter(model, prompt, 2);
    assert.equal(model.pruning.last?.reason, "mine");
    assert.equal(model.pruning.last?.keptRows.length, prompt.ids.length - 31);
    await model.dispose();
  });
});

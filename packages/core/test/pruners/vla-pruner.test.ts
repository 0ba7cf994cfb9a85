import assert from "node:assert/strict";
import { hasCode, randomContext } from "@vla-pruner/core/testing";
import { divPrune, maxRelevance, minRedundancy, recommended, topK, vlaPruner } from "../../src/index.ts";
import type { PruneContext, VlaPrunerOptions } from "../../src/index.ts";

const context = randomContext({ seed: 31 });
const warming = randomContext({ seed: 31, step: 1 });
const scores = (given: PruneContext, rows: "prefill" | "last" | "text"): Float32Array =>
  given.semantic.scores[rows] ?? new Float32Array(0);
const kept = (options: VlaPrunerOptions, given: PruneContext): Int32Array =>
  vlaPruner(options).select(given).keep;

describe("vlaPruner", () => {
  it("joins the top tokens of both scores and thins them to the budget", () => {
    const candidates = maxRelevance(scores(context, "last"), context.forecast ?? new Float32Array(16), 4);
    assert.ok(candidates.length > 4, "a context in which nothing is thinned");
    const decision = vlaPruner({ retention: 0.25 }).select(context);
    assert.deepEqual(decision.keep, minRedundancy(candidates, context.similarity, 16, 4));
    assert.equal(decision.reason, "combined");
  });

  it("lets each level name more candidates than fit, up to all of them", () => {
    const wider = maxRelevance(scores(context, "last"), context.forecast ?? new Float32Array(16), 6);
    assert.deepEqual(
      kept({ retention: 0.25, candidates: 1.5 }, context),
      minRedundancy(wider, context.similarity, 16, 4),
    );
    const all = divPrune({ retention: 0.25 }).select(context).keep;
    for (const candidates of [4, 100]) assert.deepEqual(kept({ retention: 0.25, candidates }, context), all);
    assert.deepEqual(kept({ retention: 0.25, warmup: "semantic", candidates: 4 }, warming).length, 4);
    for (const candidates of [0, 0.99, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => vlaPruner({ retention: 0.25, candidates }), hasCode("invalid-option"));
  });

  it("selects in each view on its own, from that view's own features", () => {
    const given = randomContext({ seed: 32, views: [6, 10] });
    const { similarity, forecast } = given;
    const parts = given.views.map(({ start, count }) => {
      const view = (vector: Float32Array | null): Float32Array =>
        (vector ?? new Float32Array(0)).subarray(start, start + count);
      const candidates = maxRelevance(view(scores(given, "last")), view(forecast), count / 2);
      return minRedundancy(
        candidates.map((index) => index + start),
        similarity,
        16,
        count / 2,
      );
    });
    assert.deepEqual(
      [...kept({ retention: 0.5 }, given)],
      parts.flatMap((part) => [...part]),
    );
  });

  it("keeps all until there is a forecast, or prunes by the semantic score alone", () => {
    const dense = vlaPruner({ retention: 0.25 }).select(warming);
    assert.deepEqual([dense.decision, dense.reason, dense.keep.length], ["dense", "warm-up", 16]);
    const semantic = vlaPruner({ retention: 0.25, warmup: "semantic" }).select(warming);
    assert.deepEqual([semantic.decision, semantic.reason], ["pruned", "warm-up-semantic"]);
    assert.deepEqual(semantic.keep, topK(scores(warming, "last"), 4));
  });

  it("reads the model's rows unless told which", () => {
    const options: VlaPrunerOptions = { retention: 0.25, warmup: "semantic" };
    const preferring: PruneContext = { ...warming, semanticRows: "prefill" };
    assert.deepEqual(kept(options, preferring), topK(scores(warming, "prefill"), 4));
    assert.deepEqual(
      kept({ ...options, semanticRows: "text" }, preferring),
      topK(scores(warming, "text"), 4),
    );
  });

  it("divides prefill rows by the share of rows that see a column, and only those", () => {
    const visible = warming.semantic.visibleRows ?? new Float32Array(0);
    const corrected = scores(warming, "prefill").map((score, column) => {
      return (score * warming.semantic.sequence) / (visible[column] ?? 1);
    });
    const options: VlaPrunerOptions = { retention: 0.25, warmup: "semantic", visibleRows: true };
    const byRows = (semanticRows: "prefill" | "last"): Int32Array =>
      kept({ ...options, semanticRows }, warming);
    assert.deepEqual(byRows("prefill"), topK(corrected, 4));
    assert.deepEqual(byRows("last"), topK(scores(warming, "last"), 4));
    const uncausal = { ...warming, semantic: { ...warming.semantic, visibleRows: null } };
    assert.deepEqual(
      kept({ ...options, semanticRows: "prefill" }, uncausal),
      topK(scores(warming, "prefill"), 4),
    );
  });

  it("corrects a causal mask exactly: tokens of equal attention come out equal", () => {
    // Each of 8 rows spreads its attention evenly over the columns up to its own.
    const rows = Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: 8 }, (_value, column) => (column <= row ? 0.125 : 0)),
    );
    const prefill = Float32Array.from(
      rows,
      (_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / 8,
    );
    const semantic = {
      scores: { prefill },
      visibleRows: Float32Array.of(8, 7, 6, 5, 4, 3, 2, 1),
      sequence: 8,
    };
    const given = { ...randomContext({ seed: 33, views: [8], step: 0 }), semantic };
    const favoured = given.semantic.scores.prefill.map((score, column) => score + column * 1e-4);
    const tilted = { ...given, semantic: { ...semantic, scores: { prefill: favoured } } };
    const options: VlaPrunerOptions = { retention: 0.25, warmup: "semantic", semanticRows: "prefill" };
    assert.deepEqual([...kept(options, tilted)], [0, 1]);
    assert.deepEqual([...kept({ ...options, visibleRows: true }, tilted)], [6, 7]);
  });

  it("lets cameras compete when the budget is joint", () => {
    const given = randomContext({ seed: 34, views: [8, 8] });
    const candidates = maxRelevance(scores(given, "last"), given.forecast ?? new Float32Array(16), 4);
    const joint = kept({ retention: 0.25, budget: "joint" }, given);
    assert.deepEqual(joint, minRedundancy(candidates, given.similarity, 16, 4));
  });

  it("refuses options that make no sense when it is made, not when it prunes", () => {
    for (const options of [{ warmup: "cold" }, { decay: 2 }, { window: 0 }, { unseen: "forget" }]) {
      const make = (): unknown => vlaPruner({ retention: 0.5, ...options } as VlaPrunerOptions);
      assert.throws(make, hasCode("invalid-option"), JSON.stringify(options));
    }
  });
});

describe("recommended", () => {
  const wide = randomContext({ seed: 35, views: [64, 64] });
  const select = (options: VlaPrunerOptions): Int32Array => recommended(options).select(wide).keep;

  it("is the paper's setting while a quarter or more is kept", () => {
    for (const retention of [0.25, 0.3, 0.5, 0.9]) {
      assert.deepEqual(select({ retention }), kept({ retention }, wide), `retention ${retention}`);
    }
  });

  it("chooses among the quarter that each level names while less is kept", () => {
    for (const retention of [0.2, 0.125, 0.0625]) {
      const candidates = 0.25 / retention;
      assert.deepEqual(
        select({ retention }),
        kept({ retention, candidates }, wide),
        `retention ${retention}`,
      );
      assert.notDeepEqual(select({ retention }), kept({ retention }, wide), `retention ${retention}`);
    }
  });

  it("names as many candidates as it is told to", () => {
    assert.deepEqual(
      select({ retention: 0.25, candidates: 2 }),
      kept({ retention: 0.25, candidates: 2 }, wide),
    );
    assert.deepEqual(select({ retention: 0.125, candidates: 1 }), kept({ retention: 0.125 }, wide));
  });

  it("refuses a retention before it counts candidates by it", () => {
    for (const retention of [0, -1, Number.NaN])
      assert.throws(() => recommended({ retention }), hasCode("invalid-option"));
  });
});

import assert from "node:assert/strict";
import { hasCode, randomContext } from "@vla-pruner/core/testing";
import { fastv, sparseVlm, textVision, topK } from "../../src/index.ts";
import type { PruneContext, SemanticRows, TokenPruner } from "../../src/index.ts";

const READS: readonly [(options: { retention: number }) => TokenPruner, SemanticRows][] = [
  [fastv, "last"],
  [textVision, "text"],
  [sparseVlm, "raters"],
];

describe("attention pruners", () => {
  for (const [make, rows] of READS) {
    it(`${make.name} keeps the top tokens by the ${rows} rows, whatever the model prefers`, () => {
      const context: PruneContext = { ...randomContext({ seed: 11 }), semanticRows: "prefill" };
      const { keep, decision } = make({ retention: 0.25 }).select(context);
      assert.equal(decision, "pruned");
      assert.deepEqual(keep, topK(context.semantic.scores[rows] ?? new Float32Array(0), 4));
    });

    it(`${make.name} says so when a prompt has no ${rows} rows`, () => {
      const context = randomContext({ seed: 11 });
      const scores = { ...context.semantic.scores, [rows]: undefined };
      const without = { ...context, semantic: { ...context.semantic, scores } };
      assert.throws(() => make({ retention: 0.25 }).select(without), hasCode("invalid-option"));
    });
  }

  it("compete for one budget when it is joint, and for their own view's when it is not", () => {
    const context = randomContext({ seed: 12, views: [4, 4] });
    const last = Float32Array.of(0.9, 0.8, 0.7, 0.6, 0.1, 0.2, 0.3, 0.4);
    const lopsided = { ...context, semantic: { ...context.semantic, scores: { last } } };
    assert.deepEqual([...fastv({ retention: 0.5, budget: "joint" }).select(lopsided).keep], [0, 1, 2, 3]);
    assert.deepEqual([...fastv({ retention: 0.5 }).select(lopsided).keep], [0, 1, 6, 7]);
  });
});

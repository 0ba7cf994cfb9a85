import assert from "node:assert/strict";
import { budgetOf } from "../selection/budget.ts";
import type { PruneContext, TokenPruner } from "../token-pruner.ts";
import { hasCode } from "./has-code.ts";
import { randomContext } from "./random-context.ts";

/** Makes the pruner under test. */
export type PrunerMaker = (options: { retention: number }) => TokenPruner;

/** One thing that every pruner must do; rejects with an assertion error when this one does not. */
export type PrunerCheck = (make: PrunerMaker) => Promise<void>;

const RETENTIONS = [0.125, 0.25, 0.5, 0.6, 0.99];

/** One and several views, of even and odd sizes, before and after the window is full. */
const CONTEXTS = [
  { seed: 1, views: [16] },
  { seed: 2, views: [16, 16] },
  { seed: 3, views: [5, 1, 9] },
  { seed: 4, views: [16], step: 0 },
].map(randomContext);

/**
 * What any pruner that keeps a share of each view must do, as data for any test runner:
 *
 * @example
 * for (const [name, check] of Object.entries(prunerContract)) it(name, () => check(myPruner));
 */
export const prunerContract: Readonly<Record<string, PrunerCheck>> = {
  async "keeps exactly the budget of each view, ascending, or all when dense"(make) {
    for (const retention of RETENTIONS) {
      for (const context of CONTEXTS) assertBudget(make, retention, context);
    }
  },

  async "decides the same for the same context"(make) {
    for (const context of CONTEXTS) {
      const pruner = make({ retention: 0.5 });
      const decision = pruner.select(context);
      assert.deepEqual(pruner.select(context), decision, "the second call differs");
      assert.deepEqual(
        make({ retention: 0.5 }).select(context),
        decision,
        "another pruner of the kind differs",
      );
    }
  },

  async "leaves its context as it was"(make) {
    for (const context of CONTEXTS) {
      const before = structuredClone(context);
      make({ retention: 0.5 }).select(context);
      assert.deepEqual(context, before);
    }
  },

  async "keeps all at retention 1"(make) {
    for (const context of CONTEXTS) assertBudget(make, 1, context);
  },

  async "states the retention that it was given"(make) {
    for (const retention of [...RETENTIONS, 1]) assert.equal(make({ retention }).retention, retention);
  },

  async "refuses retention 0, NaN, 1.5 and -1 with invalid-option"(make) {
    for (const retention of [0, Number.NaN, 1.5, -1]) {
      assert.throws(() => make({ retention }), hasCode("invalid-option"), `retention ${retention}`);
    }
  },

  async "survives duplicate tokens, tokens without a norm, and ties everywhere"(make) {
    for (const context of CONTEXTS.flatMap(({ views }) => degenerate(views.map(({ count }) => count)))) {
      for (const retention of RETENTIONS) assertBudget(make, retention, context);
    }
  },
};

function assertBudget(make: PrunerMaker, retention: number, context: PruneContext): void {
  const { decision, keep } = make({ retention }).select(context);
  assert.deepEqual(keep, Int32Array.from(new Set(keep)).toSorted(), "ascending, without repeats");
  assert.ok(
    keep.every((index) => index >= 0 && index < context.vision),
    "in range",
  );
  for (const { name, start, count } of context.views) {
    const kept: number = keep.filter((index) => index >= start && index < start + count).length;
    assert.equal(kept, decision === "dense" ? count : budgetOf(count, retention), `kept of ${name}`);
  }
}

/** All tokens alike, all tokens without a norm, and all scores equal. */
function degenerate(views: readonly number[]): PruneContext[] {
  const context = randomContext({ seed: 6, views });
  const { vision, semantic, similarity } = context;
  const equal = new Float32Array(vision).fill(1 / vision);
  const ties = { scores: { prefill: equal, last: equal, text: equal, raters: equal } };
  return [
    { ...context, similarity: similarity.map(() => 1) },
    { ...context, similarity: similarity.map(() => 0) },
    { ...context, semantic: { ...semantic, ...ties }, forecast: equal },
    { ...context, semantic: { ...semantic, ...ties }, forecast: equal, similarity: similarity.map(() => 1) },
    { ...context, forecast: new Float32Array(vision) },
  ];
}

import assert from "node:assert/strict";
import { budgetOf } from "../../selection/budget.ts";
import type { PruneContext, TokenPruner } from "../../token-pruner.ts";
import { hasCode } from "../has-code.ts";
import { randomContext } from "../random-context.ts";
import { contextsFor } from "./contexts.ts";
import { memoryChecks } from "./memory-checks.ts";
import type { PrunerCheck, PrunerMaker } from "./pruner-check.ts";

const RETENTIONS = [0.125, 0.25, 0.5, 0.6, 0.99];

/**
 * What any pruner must do, as data for any test runner. One that keeps a share of each view must keep it exactly; one
 * that decides anew how much it keeps says so by `retention: null`, and must keep at least one token.
 *
 * @example
 * for (const [name, check] of Object.entries(prunerContract)) it(name, () => check(myPruner));
 */
export const prunerContract: Readonly<Record<string, PrunerCheck>> = {
  async "keeps exactly the budget of each view, ascending, or all when dense"(make) {
    for (const retention of RETENTIONS) {
      const pruner = make({ retention });
      for (const context of contextsFor(pruner)) assertKept(pruner, retention, context);
    }
  },

  async "decides the same for the same context"(make) {
    const pruner = make({ retention: 0.5 });
    for (const context of contextsFor(pruner)) {
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
    const pruner = make({ retention: 0.5 });
    for (const { memory, ...rest } of contextsFor(pruner)) {
      const before = structuredClone(rest);
      pruner.select({ ...rest, memory });
      assert.deepEqual(rest, before);
    }
  },

  async "keeps all at retention 1"(make) {
    const pruner = make({ retention: 1 });
    for (const context of contextsFor(pruner)) assertKept(pruner, 1, context);
  },

  async "states the retention that it was given"(make) {
    const adaptive = isAdaptive(make);
    for (const retention of [...RETENTIONS, 1])
      assert.equal(make({ retention }).retention, adaptive ? null : retention);
  },

  async "refuses retention 0, NaN, 1.5 and -1 with invalid-option"(make) {
    if (isAdaptive(make)) return;
    for (const retention of [0, Number.NaN, 1.5, -1]) {
      assert.throws(() => make({ retention }), hasCode("invalid-option"), `retention ${retention}`);
    }
  },

  async "survives duplicate tokens, tokens without a norm, and ties everywhere"(make) {
    const contexts = [[16], [16, 16], [5, 1, 9]].flatMap(degenerate);
    for (const retention of RETENTIONS) {
      const pruner = make({ retention });
      for (const context of contextsFor(pruner, contexts)) assertKept(pruner, retention, context);
    }
  },

  ...memoryChecks,
};

function isAdaptive(make: PrunerMaker): boolean {
  return make({ retention: 0.5 }).retention === null;
}

/** In order and in range, and as many as asked for; one that decides itself keeps something. */
function assertKept(pruner: TokenPruner, retention: number, context: PruneContext): void {
  const { decision, keep } = pruner.select(context);
  assert.deepEqual(keep, Int32Array.from(new Set(keep)).toSorted(), "ascending, without repeats");
  assert.ok(
    keep.every((index) => index >= 0 && index < context.vision),
    "in range",
  );
  assert.ok(keep.length > 0, "nothing is kept");
  if (pruner.retention === null && decision === "pruned") return;
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

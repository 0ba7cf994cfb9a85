import assert from "node:assert/strict";
import { prunerContract } from "@vla-pruner/core/testing";
import type { PrunerMaker } from "@vla-pruner/core/testing";
import { budgetOf, fastv, ratioPruner, topK } from "../../src/index.ts";
import type { PrunerMemory, TokenPruner } from "../../src/index.ts";

interface Counted {
  readonly calls: number[];
}

const memory: PrunerMemory<Counted> = {
  start: () => ({ calls: [] }),
  observe: ({ calls }, { context }) => ({ calls: [...calls, context.step] }),
};

/** Decides itself how much it keeps: a token more with each call that it remembers. */
const learner: TokenPruner<Counted> = {
  name: "learner",
  retention: null,
  memory,
  select: ({ vision, memory: { calls } }) => ({
    decision: "pruned",
    keep: Int32Array.from({ length: Math.min(vision, 1 + calls.length) }, (_, index) => index),
    reason: "learnt",
  }),
};

/** The learner, otherwise. */
const otherwise =
  (change: Partial<TokenPruner<Counted>>): PrunerMaker =>
  () => ({ ...learner, ...change });

const keeping = (...keep: readonly number[]): PrunerMaker =>
  otherwise({ select: () => ({ decision: "pruned", keep: Int32Array.from(keep), reason: "wrong" }) });

const remembering = (change: Partial<PrunerMemory<Counted>>): PrunerMaker =>
  otherwise({ memory: { ...memory, ...change } });

const BROKEN: Readonly<Record<string, Readonly<Record<string, PrunerMaker>>>> = {
  "keeps exactly the budget of each view, ascending, or all when dense": {
    "rounds down": ({ retention }) =>
      ratioPruner("floor", { retention }, (_, { count }) =>
        Int32Array.from({ length: Math.floor(count * retention) }, (_index, index) => index),
      ),
    "keeps nothing": keeping(),
    "keeps a token twice": keeping(2, 2),
    "keeps out of order": keeping(2, 1),
    "keeps what is not there": keeping(0, 99),
    "calls a part of the tokens dense": otherwise({
      select: () => ({ decision: "dense", keep: Int32Array.of(0), reason: "wrong" }),
    }),
  },
  "decides the same for the same context": {
    "throws dice": (options) =>
      ratioPruner("dice", options, (_, { count, budget }) =>
        topK(
          Float32Array.from({ length: count }, () => Math.random()),
          budget,
        ),
      ),
    "counts its calls by itself": () => {
      let calls = 0;
      const keep = (): Int32Array => Int32Array.of((calls += 1));
      return {
        ...learner,
        select: () => ({ decision: "pruned", keep: keep(), reason: "wrong" }),
      };
    },
  },
  "leaves its context as it was": {
    "sorts it": (options) =>
      ratioPruner("sorter", options, ({ similarity }, { budget }) => {
        similarity.sort();
        return Int32Array.from({ length: budget }, (_, index) => index);
      }),
    "paints over the picture": otherwise({
      select(context) {
        for (const { data } of Object.values(context.observation.images ?? {})) data.fill(0);
        return learner.select(context);
      },
    }),
  },
  "keeps all at retention 1": {
    "never does": ({ retention }) => fastv({ retention: Math.min(retention, 0.9) }),
  },
  "states the retention that it was given": {
    "states another": (options) => ({ ...fastv(options), retention: 0.25 }),
    "decides itself only now and then": ({ retention }) => ({
      ...fastv({ retention }),
      retention: retention === 0.5 ? null : retention,
    }),
  },
  "refuses retention 0, NaN, 1.5 and -1 with invalid-option": {
    "takes them": ({ retention }) => fastv({ retention: retention > 0 ? Math.min(1, retention) : 0.5 }),
  },
  "survives duplicate tokens, tokens without a norm, and ties everywhere": {
    "keeps all that ties": (options) =>
      ratioPruner("threshold", options, ({ semantic: { scores } }, { start, count }) => {
        const view = (scores.last ?? new Float32Array(0)).subarray(start, start + count);
        const least = view.toSorted().at(-budgetOf(count, options.retention)) ?? 0;
        return Int32Array.from(view.keys()).filter((index) => (view[index] ?? 0) >= least);
      }),
    "keeps what is above the mean, which nothing is": otherwise({
      select({ forecast, vision }) {
        const score = forecast ?? new Float32Array(vision);
        const mean = score.reduce((sum, value) => sum + value, 0) / vision;
        const keep = Int32Array.from(score.keys()).filter((token) => (score[token] ?? 0) > mean);
        return { decision: "pruned", keep, reason: "wrong" };
      },
    }),
  },
  "a memory is not written into by select": {
    "notes its calls": otherwise({
      select(context) {
        context.memory.calls.push(context.step);
        return learner.select(context);
      },
    }),
  },
  "a memory is replaced by observe, and the old one stays as it was": {
    "writes into it": remembering({
      observe(old, { context }) {
        old.calls.push(context.step);
        return old;
      },
    }),
    "gives none": remembering({ observe: () => undefined as unknown as Counted }),
  },
  "a memory survives save, JSON and restore: the same decisions follow": {
    "saves too little": remembering({ save: () => ({ calls: [] }) }),
    "restores too little": remembering({ restore: () => ({ calls: [] }) }),
    "is no JSON": remembering({ save: ({ calls }) => new Set(calls) }),
  },
};

describe("pruner contract", () => {
  for (const [name, check] of Object.entries(prunerContract)) {
    for (const [what, broken] of Object.entries(
      BROKEN[name] ?? { "no broken pruner for this check": fastv },
    )) {
      it(`"${name}" catches a pruner that ${what}`, async () => {
        await assert.rejects(check(broken), { code: "ERR_ASSERTION" });
      });
    }

    it(`"${name}" passes a pruner that learns how much to keep`, () => check(otherwise({})));
  }
});

import assert from "node:assert/strict";
import { FakeAdapter, FakeTensor, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, dense, fastv, keepAll, STAGE_NAMES } from "../../src/index.ts";
import type { HeadResult, StageMiddleware, StepResult, TokenPruner, VisionTokens } from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import { outcome } from "../support/play.ts";

/** A step within the given middleware, the first outermost. */
async function act(
  middleware: readonly StageMiddleware[],
  pruner: TokenPruner = fastv({ retention: 0.25 }),
  index = 1,
): Promise<StepResult> {
  const adapter = new FakeAdapter();
  return createPolicy({ adapter, pruner, middleware }).act(observe(index));
}

/** An error that names the misspelt stage, and the one that was meant. */
const named = (error: unknown): boolean =>
  hasCode("invalid-option")(error) && /selct.*select/u.test(String(error));

describe("an input that a middleware changes", () => {
  it("reaches prepare: the step is that of the other observation", async () => {
    const other: StageMiddleware = {
      prepare: (input, next) => next({ ...input, observation: observe(2) }),
    };
    assert.deepEqual(outcome(await act([other])), outcome(await act([], undefined, 2)));
  });

  it("is what the pruner sees of an observation, too", async () => {
    const seen: unknown[] = [];
    const pruner: TokenPruner = {
      ...keepAll(),
      select(context) {
        seen.push(context.observation);
        return keepAll().select(context);
      },
    };
    await act([{ prepare: (input, next) => next({ ...input, observation: observe(2) }) }], pruner);
    assert.deepEqual(seen, [observe(2)]);
  });

  it("reaches the stage by way of the middleware within, and not those outside", async () => {
    const seen: string[] = [];
    const witness = (name: string): StageMiddleware => ({
      act(input, next) {
        seen.push(`${name} ${input.keep.join()}`);
        return next();
      },
    });
    const narrow: StageMiddleware = { act: (input, next) => next({ ...input, keep: Int32Array.of(3, 5) }) };
    const { keep, actionAttention } = await act([witness("outer"), narrow, witness("inner")], keepAll());
    assert.deepEqual([...keep], [3, 5]);
    assert.equal(actionAttention.filter((value) => value > 0).length, 2);
    assert.deepEqual(seen, [`outer ${Array.from({ length: 16 }, (_, index) => index).join()}`, "inner 3,5"]);
  });

  it("is refused where scores do not cover the visual tokens", async () => {
    const short = new Float32Array(15);
    const semantic: StageMiddleware = {
      async prefillHead(_, next) {
        const head = await next();
        return { ...head, semantic: { ...head.semantic, scores: { ...head.semantic.scores, text: short } } };
      },
    };
    const score: StageMiddleware = {
      observe: (input, next) => next({ ...input, actionAttention: short }),
    };
    await assert.rejects(act([semantic]), /text of 16 visual tokens, found 15 values/u);
    await assert.rejects(act([score]), /action attention of 16 visual tokens, found 15 values/u);
  });

  it("makes a decision of select, by another pruner or in another context", async () => {
    const pruner: StageMiddleware = { select: (input, next) => next({ ...input, pruner: keepAll() }) };
    assert.equal((await act([pruner])).decision, "dense");
    const context: StageMiddleware = {
      select(input, next) {
        const last = new Float32Array(16).fill(1, 12);
        const semantic = { ...input.context.semantic, scores: { last } };
        return next({ ...input, context: { ...input.context, semantic } });
      },
    };
    assert.deepEqual([...(await act([context])).keep], [12, 13, 14, 15]);
  });

  it("leaves a decision that says what was kept, to the result and to a memory", async () => {
    const decisions: unknown[] = [];
    const pruner: TokenPruner = {
      ...keepAll(),
      memory: {
        start: () => null,
        observe(_, { decision: { decision, keep } }) {
          decisions.push([decision, keep.length]);
          return null;
        },
      },
    };
    const { decision } = await act(
      [{ act: (input, next) => next({ ...input, keep: Int32Array.of(3, 5) }) }],
      pruner,
    );
    assert.equal(decision, "pruned");
    assert.deepEqual(decisions, [["pruned", 2]]);
  });

  it("is refused where it keeps tokens that are not there, or in no order", async () => {
    for (const keep of [[], [2, 1], [16], [1, 1]]) {
      const wrong: StageMiddleware = {
        act: (input, next) => next({ ...input, keep: Int32Array.from(keep) }),
      };
      await assert.rejects(act([wrong]), hasCode("adapter-mismatch"), keep.join());
    }
  });

  it("is refused where it holds what an earlier step freed", async () => {
    let vision: VisionTokens | undefined;
    let head: HeadResult | null | undefined;
    const hoarders: readonly StageMiddleware[] = [
      { prefillHead: (input, next) => next({ ...input, vision: (vision ??= input.vision) }) },
      { act: (input, next) => next({ ...input, head: (head ??= input.head) }) },
    ];
    for (const hoarder of hoarders) {
      const policy = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll(), middleware: [hoarder] });
      await policy.act(observe(0));
      await assert.rejects(policy.act(observe(1)), hasCode("middleware-misuse"));
    }
  });

  it("may hold a copy of its own", async () => {
    const copier: StageMiddleware = {
      prefillHead(input, next) {
        const features = new FakeTensor((input.vision.features as FakeTensor).data.slice());
        return next({ ...input, vision: { ...input.vision, features } });
      },
    };
    assert.deepEqual(outcome(await act([copier])), outcome(await act([])));
  });
});

describe("a middleware of select", () => {
  it("is called at every step, whatever else there is", async () => {
    let calls = 0;
    const counter: StageMiddleware = {
      select(_, next) {
        calls += 1;
        return next();
      },
    };
    const skipper: StageMiddleware = { select: async ({ context }) => dense(context, "skipped") };
    const plain: StageMiddleware = { every: (_stage, next) => next() };
    for (const around of [[counter], [counter, skipper], [plain, counter], [counter, plain, skipper]]) {
      calls = 0;
      const adapter = new FakeAdapter({ currentAction: true });
      const policy = createPolicy({ adapter, pruner: fastv({ retention: 1 }), middleware: around });
      for (const index of [0, 1, 2, 3]) await policy.act(observe(index));
      assert.equal(calls, 4);
    }
  });
});

describe("the middleware of an episode", () => {
  it("goes within the policy's, around its own steps alone", async () => {
    const log: string[] = [];
    const note = (name: string): StageMiddleware => ({
      async every(stage, next) {
        if (stage === "prepare") log.push(`${name} in`);
        const output = await next();
        if (stage === "prepare") log.push(`${name} out`);
        return output;
      },
    });
    const parts = { adapter: new FakeAdapter(), pruner: keepAll(), middleware: [note("policy")] };
    const policy = createPolicy(parts);
    const noted = policy.startEpisode({ middleware: [note("episode")] });
    const plain = policy.startEpisode();
    await noted.act(observe(0));
    await plain.act(observe(0));
    await policy.act(observe(0));
    const both = ["policy in", "episode in", "episode out", "policy out"];
    assert.deepEqual(log, [...both, "policy in", "policy out", "policy in", "policy out"]);
  });

  it("has a name that is a stage's, or is refused", () => {
    const policy = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll() });
    const misspelt = { selct: () => assert.fail() } as unknown as StageMiddleware;
    assert.throws(() => policy.startEpisode({ middleware: [misspelt] }), named);
    const parts = { adapter: new FakeAdapter(), pruner: keepAll(), middleware: [misspelt] };
    assert.throws(() => createPolicy(parts), named);
    for (const stage of [...STAGE_NAMES, "every"])
      policy.startEpisode({ middleware: [{ [stage]: (_: unknown, next: () => unknown) => next() }] });
  });
});

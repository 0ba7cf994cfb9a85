import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, keepAll } from "../../src/index.ts";
import { runStage } from "../../src/middleware/compose.ts";
import type { StageMiddleware } from "../../src/index.ts";

const input = { episode: "one", observation: { instruction: "stack" } };

/** Notes when it is entered and left. */
function tracer(name: string, log: string[]): StageMiddleware {
  return {
    async prepare(_input, next) {
      log.push(`${name} in`);
      const output = await next();
      log.push(`${name} out`);
      return output;
    },
  };
}

async function failing(): Promise<never> {
  throw new Error("broken");
}

describe("middleware", () => {
  it("goes around a stage, the first in the list outermost", async () => {
    const log: string[] = [];
    await runStage([tracer("a", log), tracer("b", log)], "prepare", input, async () => log.push("stage"));
    assert.deepEqual(log, ["a in", "b in", "stage", "b out", "a out"]);
  });

  it("notices a middleware that forgets to return a result", async () => {
    const forgetful = {
      async prepare(_input: unknown, next: () => Promise<unknown>): Promise<unknown> {
        await next();
        return undefined;
      },
    };
    await assert.rejects(
      runStage([forgetful], "prepare", input, async () => "prepared"),
      hasCode("middleware-misuse"),
    );
  });

  it("leaves other stages alone", async () => {
    const log: string[] = [];
    assert.equal(
      await runStage([tracer("a", log)], "toAction", { episode: "one", raw: 1 }, async () => ({
        actions: [],
        tokens: null,
      })).then(({ tokens }) => tokens),
      null,
    );
    assert.deepEqual(log, []);
  });

  it("goes around every stage with `every`, outside its own stage function", async () => {
    const log: string[] = [];
    const both: StageMiddleware = {
      ...tracer("own", log),
      async every(stage, next) {
        log.push(`every ${stage}`);
        return next();
      },
    };
    await runStage([both, tracer("inner", log)], "prepare", input, async () => log.push("stage"));
    assert.deepEqual(log, ["every prepare", "own in", "inner in", "stage", "inner out", "own out"]);
  });

  it("sees the input, and may replace the result for those outside it", async () => {
    const seen: unknown[] = [];
    const outer: StageMiddleware = {
      async prepare(given, next) {
        seen.push(given, await next());
        return "outer";
      },
    };
    const inner: StageMiddleware = { prepare: async () => "inner" };
    assert.equal(await runStage([outer, inner], "prepare", input, async () => "stage"), "outer");
    assert.deepEqual(seen, [input, "inner"]);
  });

  it("may skip the stage and all that is inside", async () => {
    const log: string[] = [];
    const cache: StageMiddleware = { prepare: async () => "cached" };
    const output = await runStage([cache, tracer("b", log)], "prepare", input, async () => log.push("stage"));
    assert.equal(output, "cached");
    assert.deepEqual(log, []);
  });

  it("must not call next twice", async () => {
    const eager: StageMiddleware[] = [
      { prepare: async (_input, next) => [await next(), await next()] },
      { prepare: async (_input, next) => Promise.all([next(), next()]) },
      { every: async (_stage, next) => [await next(), await next()] },
    ];
    for (const middleware of eager) {
      let runs = 0;
      const stage = runStage([middleware], "prepare", input, async () => (runs += 1));
      await assert.rejects(stage, hasCode("middleware-misuse"));
      assert.equal(runs, 1, "the stage ran twice");
    }
  });

  it("must not call next twice around its own stage function either", async () => {
    let entered = 0;
    const twice: StageMiddleware = {
      every: async (_stage, next) => [await next(), await next()],
      prepare: async () => (entered += 1),
    };
    await assert.rejects(
      runStage([twice], "prepare", input, async () => 0),
      hasCode("middleware-misuse"),
    );
    assert.equal(entered, 1);
  });

  it("keeps its order in a policy, which passes it the real input", async () => {
    const log: string[] = [];
    const adapter = new FakeAdapter();
    const witness: StageMiddleware = {
      async act({ keep }, next) {
        log.push(`keeps ${keep.length}`);
        return next();
      },
    };
    const middleware = [tracer("a", log), tracer("b", log), witness];
    await createPolicy({ adapter, pruner: keepAll(), middleware }).act(adapter.exampleObservation(1));
    assert.deepEqual(log, ["a in", "b in", "b out", "a out", "keeps 16"]);
  });

  it("passes errors outwards, and may recover from them", async () => {
    const log: string[] = [];
    await assert.rejects(runStage([tracer("a", log)], "prepare", input, failing), /broken/);
    assert.deepEqual(log, ["a in"]);
    const retry: StageMiddleware = { prepare: (_input, next) => next().catch(() => "recovered") };
    assert.equal(await runStage([retry], "prepare", input, failing), "recovered");
  });

  it("turns what a middleware throws outright into a rejection", async () => {
    const hasty: StageMiddleware = {
      prepare() {
        throw new Error("hasty");
      },
    };
    await assert.rejects(
      runStage([hasty], "prepare", input, async () => "stage"),
      /hasty/,
    );
  });

  it("may be an instance of a class", async () => {
    class Counter implements StageMiddleware {
      count = 0;
      async prepare(_input: unknown, next: () => Promise<unknown>): Promise<unknown> {
        this.count += 1;
        return next();
      }
    }
    const counter = new Counter();
    await runStage([counter], "prepare", input, async () => "stage");
    assert.equal(counter.count, 1);
  });
});

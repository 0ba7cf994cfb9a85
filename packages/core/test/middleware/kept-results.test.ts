import assert from "node:assert/strict";
import { FakeAdapter, FakeTensor, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, keepAll } from "../../src/index.ts";
import type { HeadResult, StageMiddleware, VisionTokens } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

/** The first step is fine; the second is given what the first released. */
async function assertRefused(middleware: StageMiddleware, stage: RegExp): Promise<void> {
  const policy = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll(), middleware: [middleware] });
  await policy.act(observe(0));
  await assert.rejects(
    policy.act(observe(0)),
    (error) => hasCode("middleware-misuse")(error) && stage.test(String(error)),
  );
}

describe("a middleware that keeps a result beyond its step", () => {
  it("is told so, for visual tokens", async () => {
    let kept: VisionTokens | undefined;
    await assertRefused(
      { encodeVision: async (_, next) => (kept ??= await next()) },
      /result of encodeVision/u,
    );
  });

  it("is told so, for the head, also when it is wrapped anew", async () => {
    let kept: HeadResult | undefined;
    await assertRefused(
      { prefillHead: async (_, next) => ({ ...(kept ??= await next()) }) },
      /result of prefillHead/u,
    );
  });

  it("may keep a copy", async () => {
    let kept: VisionTokens | undefined;
    const cache: StageMiddleware = {
      async encodeVision(_, next) {
        if (kept !== undefined) return kept;
        const vision = await next();
        kept = { ...vision, features: new FakeTensor((vision.features as FakeTensor).data.slice()) };
        return vision;
      },
    };
    const policy = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll(), middleware: [cache] });
    for (const _ of [0, 1, 2]) await policy.act(observe(0));
  });
});

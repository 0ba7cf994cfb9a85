import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, vlaPruner } from "../../src/index.ts";
import type { VlaPipeline } from "../../src/index.ts";
import { callablePolicy } from "../../src/pipeline/callable-policy.ts";
import { frame } from "../support/observations.ts";

/** Takes longer to read than pixels do. */
const picture = new URL("../golden/synthetic_640x480.png", import.meta.url);

/** `log` says in which order things take effect. */
function start(): { pipeline: VlaPipeline; log: string[] } {
  const log: string[] = [];
  const policy = createPolicy({
    adapter: new FakeAdapter(),
    pruner: vlaPruner({ retention: 0.25 }),
    middleware: [
      {
        async prepare({ observation }, next) {
          log.push(observation.instruction ?? "?");
          return next();
        },
      },
    ],
    dispose: () => void log.push("freed"),
  });
  policy.events.on("episode-reset", () => log.push("reset"));
  return { pipeline: callablePolicy(policy), log };
}

describe("pipeline", () => {
  it("does calls and resets in the order in which they were made, whatever the frames take to read", async () => {
    const { pipeline, log } = start();
    const calls = [pipeline(picture, "old"), pipeline(frame(1), "older by now")] as const;
    const reset = pipeline.reset();
    const last = pipeline(frame(2), "new");
    assert.deepEqual(
      (await Promise.all([...calls, last])).map(({ step }) => step),
      [0, 1, 0],
    );
    await reset;
    assert.deepEqual(log, ["old", "older by now", "reset", "new"]);
  });

  it("finishes calls that were made before it is disposed, and refuses later ones", async () => {
    const { pipeline, log } = start();
    const before = pipeline(picture, "before");
    const disposed = pipeline.dispose();
    const after = pipeline(frame(1), "after");
    await assert.rejects(after, hasCode("disposed"));
    await Promise.all([before, disposed]);
    assert.deepEqual(log, ["before", "freed"]);
  });

  it("goes on after a call whose frame cannot be read", async () => {
    const { pipeline, log } = start();
    const broken = pipeline("/nowhere/frame.png", "broken");
    const next = pipeline(frame(1), "next");
    await assert.rejects(broken, hasCode("image-invalid"));
    assert.equal((await next).step, 0);
    assert.deepEqual(log, ["broken", "next"]);
  });
});

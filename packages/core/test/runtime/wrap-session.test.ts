import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import type { GraphTensor } from "../../src/runtime/graph-session.ts";
import { wrapSession } from "../../src/runtime/wrap-session.ts";

describe("wrapSession", () => {
  it("turns a failed run into session-failed, with its name and its cause", async () => {
    const cause = new Error("Got invalid dimensions");
    const session = wrapSession("act", {
      inputNames: [],
      outputNames: [],
      run: () => Promise.reject(cause),
    });
    await assert.rejects(session.run({}), (error) => {
      assert.ok(hasCode("session-failed")(error));
      assert.ok(/session act .*Got invalid dimensions/.test(String(error)), String(error));
      return (error as Error).cause === cause;
    });
  });

  it("says that a graph is of another version where it wants what nobody gives", async () => {
    const raw = { inputNames: ["x", "answer_rows"], outputNames: [], run: () => Promise.reject(new Error()) };
    await assert.rejects(wrapSession("act", raw).run({ x: {} as GraphTensor }), (error) => {
      assert.ok(hasCode("model-invalid")(error));
      return /act .*answer_rows.*convert the checkpoint again/.test(String(error));
    });
  });

  it("is freed after the run that is under way, and refuses to run afterwards", async () => {
    const log: string[] = [];
    let finish: (() => void) | undefined;
    const session = wrapSession("act", {
      inputNames: [],
      outputNames: [],
      run: async () => {
        await new Promise<void>((resolve) => (finish = resolve));
        log.push("ran");
        return {};
      },
      release: async () => void log.push("freed"),
    });
    const running = session.run({});
    const released = session.release();
    await assert.rejects(session.run({}), hasCode("disposed"));
    assert.deepEqual(log, []);
    finish?.();
    await Promise.all([running, released]);
    assert.deepEqual(log, ["ran", "freed"]);
  });
});

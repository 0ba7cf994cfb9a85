import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { wrapSession } from "../../src/runtime/wrap-session.ts";

describe("wrapSession", () => {
  it("turns a failed run into session-failed, with its name and its cause", async () => {
    const cause = new Error("Got invalid dimensions");
    const session = wrapSession("act", {
      inputNames: ["x"],
      outputNames: [],
      run: () => Promise.reject(cause),
    });
    await assert.rejects(session.run({}), (error) => {
      assert.ok(hasCode("session-failed")(error));
      assert.ok(/session act .*Got invalid dimensions/.test(String(error)), String(error));
      return (error as Error).cause === cause;
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

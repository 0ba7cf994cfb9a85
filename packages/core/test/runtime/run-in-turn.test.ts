import assert from "node:assert/strict";
import { runInTurn } from "../../src/runtime/run-in-turn-browser.ts";

describe("runInTurn in a browser", () => {
  it("never lets two runs overlap, keeps their order, and goes on after one that fails", async () => {
    const log: string[] = [];
    const run = (name: string, fails = false): Promise<string> =>
      runInTurn(async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const [first, second, third] = await Promise.allSettled([run("a"), run("b", true), run("c")]);
    assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    assert.deepEqual(
      [first, second, third].map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
  });
});

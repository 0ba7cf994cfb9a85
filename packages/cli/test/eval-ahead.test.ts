import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./support/folder.ts";
import { readingModel } from "./support/reading-model.ts";
import { startCli } from "./support/run-child.ts";
import { checkFailure } from "./support/run-cli.ts";

describe("eval of tokens that are chosen ahead", () => {
  it("plays a policy against itself, with tokens chosen by the call before", async () => {
    const ahead = [
      "--ahead",
      "then",
      "--against",
      "tiny",
      "--pruners",
      "fastv",
      "--execute",
      "1",
      "--warmup",
      "semantic",
    ];
    const model = await readingModel();
    const policies = ["--policy", `tiny=${model}`, "--policy", `then=${model}`];
    const sweep = [
      "--suite",
      "goal",
      "--retention",
      "0.25",
      "--episodes",
      "1",
      "--horizon",
      "2",
      "--jobs",
      "1",
    ];
    const words = ["eval", ...policies, ...sweep];
    const out = join(makeFolder(), "evaluation");
    const { code, stderr } = await startCli([...words, ...ahead, "--out", out]).done;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const lines = (await readFile(join(out, "episodes.jsonl"), "utf8")).trim().split("\n");
    const dense = lines.map((line) => {
      const { policy, calls, denseCalls } = JSON.parse(line) as Record<string, unknown>;
      return [policy, calls, denseCalls];
    });
    assert.deepEqual(dense, [
      ["tiny", 2, 0],
      ["then", 2, 1],
    ]);
    const { policies: prints } = JSON.parse(await readFile(join(out, "sweep.json"), "utf8")) as {
      policies: Record<string, string>;
    };
    assert.notEqual(prints["then"], prints["tiny"], "episodes of the two are not joined");
    checkFailure(await startCli([...words, "--ahead", "nobody"]).done, "invalid-option");
  });
});

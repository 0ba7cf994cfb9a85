import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorCode } from "@vla-pruner/format";
import { taskNamed } from "@vla-pruner/sim";
import { makeFolder } from "./support/folder.ts";
import { readingModel } from "./support/reading-model.ts";
import { startCli } from "./support/run-child.ts";
import { checkFailure, fail, succeed } from "./support/run-cli.ts";

let model: Promise<string> | undefined;

/** Two cells of one short episode each, unless the words that follow say otherwise. */
async function evalWords(...more: readonly string[]): Promise<string[]> {
  model ??= readingModel();
  const words = ["eval", "--policy", `tiny=${await model}`, "--suite", "goal", "--retention", "0.25"];
  return [...words, "--episodes", "1", "--horizon", "2", "--jobs", "1", ...more];
}

/** Runs an evaluation to its end, in a process of its own; gives its stdout. */
async function play(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await startCli(words).done;
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

async function linesOf(folder: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder, "episodes.jsonl"), "utf8");
  return text
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Record<string, unknown>]));
}

describe("eval", () => {
  let out: string;
  beforeEach(() => void (out = join(makeFolder(), "evaluation")));

  it("plays a sweep in parts, which one report joins", async () => {
    const parts = ["1/2", "2/2"].map((shard) => join(makeFolder(), shard.slice(0, 1)));
    const played = parts.map(async (part, index) =>
      play(await evalWords("--episodes", "2", "--shard", `${index + 1}/2`, "--out", part)),
    );
    await Promise.all(played);
    const seeds = await Promise.all(parts.map(async (part) => (await linesOf(part)).map(({ seed }) => seed)));
    assert.deepEqual(
      seeds.map((own) => new Set(own).size),
      [1, 1],
    );
    const joined = await succeed("eval-report", ...parts, "--out", out, "--json");
    for (const line of joined.trim().split("\n"))
      assert.equal((JSON.parse(line) as { episodes: number }).episodes, 2);
    await fail("invalid-option", ...(await evalWords("--shard", "3/2")));
    await fail("invalid-option", ...(await evalWords("--shard", "1/2"))); // One episode.
  });

  it("tells what became of drafts, of a model in the dtype that is named", async () => {
    const words = ["--pruners", "keep-all", "--draft", "previous", "--dtype", "fp32", "--out", out, "--json"];
    const cell = JSON.parse(await play(await evalWords(...words))) as { drafts?: { acceptance: number } };
    assert.ok((cell.drafts?.acceptance ?? -1) >= 0);
    const [episode] = await linesOf(out);
    assert.deepEqual(Object.keys(episode?.["drafts"] ?? {}), [
      "calls",
      "verified",
      "accepted",
      "of",
      "passes",
    ]);
    assert.match(await readFile(join(out, "report.md"), "utf8"), /Drafts: the action of the call before/u);
  });

  it("plays episodes in the simulator, reports them, and goes on where it stopped", async () => {
    const stdout = await play(await evalWords("--out", out, "--json"));
    const cells = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      cells.map(({ policy, suite, pruner, retention }) => [policy, suite, pruner, retention]),
      [
        ["tiny", "goal", "keep-all", 1],
        ["tiny", "goal", "recommended", 0.25],
      ],
    );
    for (const key of ["episodes", "success", "interval", "steps", "timings", "flops"])
      assert.ok(key in (cells[0] ?? {}), key);
    for (const file of ["report.json", "report.md", "success.png", "latency.png"])
      assert.ok((await readdir(out)).includes(file), file);
    const before = await linesOf(out);

    await play(await evalWords("--out", out, "--resume", "--episodes", "2"));
    const after = await linesOf(out);
    assert.deepEqual(after.slice(0, 2), before, "nothing is played twice");
    assert.deepEqual(
      after.map(({ pruner, seed }) => `${String(pruner)} ${String(seed)}`),
      ["keep-all 1", "recommended 1", "keep-all 3", "recommended 3"],
    );

    await fail("output-exists", ...(await evalWords("--out", out)));
    await fail("invalid-option", ...(await evalWords("--out", out, "--resume", "--horizon", "3")));
    await fail("invalid-option", ...(await evalWords("--out", out, "--resume", "--device", "webgpu")));
    const joined = await succeed("eval-report", out, out, "--out", join(out, "joined"), "--json");
    assert.equal(joined.split("\n").length, 3);
  });

  it("starts no episode after its time, and says how many are left", async () => {
    const stdout = await play(await evalWords("--out", out, "--time-limit", "1e-6"));
    assert.match(stdout, /2 episodes left/u);
    assert.deepEqual(await linesOf(out), []);
    const afresh = ["--out", out, "--time-limit", "1e-6", "--horizon", "3"];
    await play(await evalWords(...afresh));
  });

  it("leaves nothing behind when its limits are refused", async () => {
    for (const limit of ["NaN", "0", "-1"])
      await fail("invalid-option", ...(await evalWords("--out", out, "--time-limit", limit)));
    await assert.rejects(readdir(out), { code: "ENOENT" });
  });

  it("does not go on with a task whose file has changed", async () => {
    const file = join(makeFolder(), "mine.json");
    const task = { ...taskNamed("goal/cube-in-bowl"), suite: "mine", name: "mine/cube" };
    const words = await evalWords("--task", file, "--pruners", "keep-all", "--out", out);
    await writeFile(file, JSON.stringify(task));
    await play(words);
    await play([...words, "--resume"]);
    await writeFile(file, JSON.stringify({ ...task, horizon: 7 }));
    assert.match(await fail("invalid-option", ...words, "--resume"), /task mine\/cube/u);
  });

  it("ends whole on SIGINT", async () => {
    const { child, done } = startCli(await evalWords("--out", out, "--episodes", "500"));
    const ended = done.then(() => "ended");
    while ((await linesOf(out).catch(() => [])).length === 0)
      assert.equal(await Promise.race([ended, sleep(20, "running")]), "running");
    child.kill("SIGINT");
    checkFailure(await done, "interrupted");
    assert.ok((await linesOf(out)).length > 0, "whole lines only");
  });
});

describe("eval refuses", () => {
  const refusals: Readonly<Record<string, readonly [ErrorCode, ...string[]]>> = {
    "an unknown suite": ["invalid-option", "--suite", "kitchen"],
    "an unknown pruner": ["invalid-option", "--pruners", "magic"],
    "a task that does not exist": ["task-invalid", "--task", "goal/fly"],
    "a task file that is not there": ["task-invalid", "--task", "nowhere.json"],
    "a device that does not exist": ["invalid-option", "--device", "tpu"],
    "no episodes": ["invalid-option", "--episodes", "0"],
    "half a process": ["invalid-option", "--jobs", "0"],
    "a retention of 2": ["invalid-option", "--retention", "2"],
    "a variant that is no JSON": ["invalid-option", "--variant", "mine={"],
    "a variant without a name": ["invalid-option", "--variant", '{"pruner":"fastv"}'],
    "a variant with a retention": ["invalid-option", "--variant", 'mine={"retention":0.5}'],
    "a variant of nonsense": ["invalid-option", "--variant", 'mine={"decay":7}', "--pruners", "mine"],
    "a variant with an option that no pruner reads": [
      "invalid-option",
      "--variant",
      'mine={"dekay":0.1}',
      "--pruners",
      "mine",
    ],
    "to be played by another program than itself": ["invalid-option", "--pruners", "keep-all"],
    "a variant that is not played": ["invalid-option", "--variant", 'mine={"decay":0.5}'],
    "more episodes than anyone can play": ["invalid-option", "--episodes", "1e12"],
    "to go on nowhere": ["invalid-option", "--resume"],
    "an unknown disturbance": ["invalid-option", "--disturb", '{"earthquake":1}'],
    "a model that is not there": ["model-missing", "--policy", "/nowhere/model"],
  };
  for (const [name, [code, ...words]] of Object.entries(refusals)) {
    it(name, async () => {
      await fail(code, ...(await evalWords(...words)));
    });
  }

  it("the current action of an architecture that has none below the cut", async () => {
    const line = checkFailure(
      await startCli(await evalWords("--pruners", "current-action")).done,
      "invalid-option",
    );
    assert.match(line, /below the cut.*found openvla, tapped at/u);
  });

  it("no model at all", async () => {
    await fail("model-missing", "eval");
  });

  it("to report on nothing", async () => {
    const folder = makeFolder();
    await fail("state-invalid", "eval-report", folder, "--out", join(folder, "report"));
    await writeFile(join(folder, "sweep.json"), "{");
    await fail("state-invalid", "eval-report", folder, "--out", join(folder, "report"));
  });

  it("to be a worker by itself", async () => {
    await fail("usage", "eval-worker");
  });
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { hasCode } from "@vla-pruner/core/testing";
import type { VlaPrunerError } from "../../src/index.ts";
import { policyWorker } from "../../src/worker/index.ts";
import type { PolicyWorkerOptions } from "../../src/worker/index.ts";
import { asking, fakeModel, fakeWorker, localEpisode } from "../support/fake-worker.ts";
import { frame, observe } from "../support/observations.ts";
import { outcome, play } from "../support/play.ts";

describe("the life of a worker", function () {
  this.timeout(60_000);

  for (const [isolation, fail, words] of [
    ["thread", "uncaught", /nobody catches this/u],
    ["thread", "exit", /exit code 3/u],
    ["process", "kill", /signal SIGKILL/u],
  ] as const) {
    it(`that ends by itself (${isolation}, ${fail}): its calls fail, and episodes go on in another`, async () => {
      const lost: VlaPrunerError[] = [];
      const worker = await fakeWorker({ isolation, waiting: "all", onLost: (error) => lost.push(error) });
      const local = localEpisode("episode-1");
      const before = await play(worker, [observe(0), observe(1)]);
      const state = await worker.saveState();
      const calls = await Promise.allSettled([
        worker.act(asking(2, { fail, wait: 20 })),
        worker.act(observe(2)),
      ]);
      for (const call of calls) assert.ok(call.status === "rejected" && hasCode("worker-lost")(call.reason));
      assert.match(lost[0]?.message ?? "", words);
      await assert.rejects(worker.act(observe(2)), hasCode("worker-lost"));
      assert.deepEqual(await worker.saveState(), state);
      await worker.restart();
      const after = await play(worker, [observe(2), observe(3)]);
      const expected = await play(
        local,
        [0, 1, 2, 3].map((index) => observe(index)),
      );
      assert.deepEqual([...before, ...after].map(outcome), expected.map(outcome));
      await worker.dispose();
      assert.equal(lost.length, 1);
    });
  }

  it("disposes after the steps that were asked for before, or gives them up", async () => {
    const worker = await fakeWorker({ waiting: "all" });
    const steps = [worker.act(asking(0, { wait: 20 })), worker.act(observe(1))];
    await worker.dispose();
    assert.equal((await Promise.all(steps)).length, 2);
    await assert.rejects(worker.act(observe(2)), hasCode("disposed"));
    const other = await fakeWorker({ waiting: "all" });
    const given = [other.act(asking(0, { wait: 20 })), other.act(observe(1))];
    await Promise.all([
      other.dispose({ cancel: true }),
      ...given.map((step) => assert.rejects(step, hasCode("cancelled"))),
    ]);
  });

  it("takes frames over, unless they are to be copied, or are a part of something larger", async () => {
    const worker = await fakeWorker();
    const [moved, part] = [frame(1), new Uint8Array(64).subarray(4, 16)];
    await worker.act({ images: { image: moved }, instruction: "x" });
    await worker.act({ images: { image: { ...frame(0), data: part } }, instruction: "x" });
    assert.deepEqual([moved.data.length, part.length], [0, 12]);
    await worker.dispose();
    const copying = await fakeWorker({ frames: "copy" });
    const kept = frame(1);
    await copying.act({ images: { image: kept }, instruction: "x" });
    assert.deepEqual(kept, frame(1));
    await copying.dispose();
  });

  it("refuses what it cannot do before a worker starts, and what only the worker sees in its own words", async () => {
    const model = await fakeModel();
    const plugins = ["./packages/core/test/worker/modules/fake-plugin.ts"];
    const refused = async (code: Parameters<typeof hasCode>[0], options: object): Promise<void> => {
      const given = { plugins, ...options } as PolicyWorkerOptions;
      await assert.rejects(policyWorker(model, given), hasCode(code), JSON.stringify(options));
    };
    await refused("invalid-option", { plugins: [() => 0] });
    await refused("invalid-option", { deadline: -1 });
    await refused("invalid-option", { isolation: "fork" });
    await refused("invalid-option", { env: { A: "1" } });
    await refused("invalid-option", { retention: 0.5, pruner: "fastv" });
    await refused("plugin-invalid", { plugins: ["@nobody/nothing"] });
    await refused("plugin-invalid", { plugins: [new URL("./worker-life.test.ts", import.meta.url)] });
  });

  it("does not keep a program alive, and does not abort one that ends in the middle of a run", () => {
    for (const [how, code] of [
      ["idle", 0],
      ["exit", 7],
    ] as const) {
      const script = fileURLToPath(new URL("./modules/ends.ts", import.meta.url));
      const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, script, how], {
        encoding: "utf8",
      });
      assert.deepEqual([status, stderr], [code, ""], how);
    }
  });
});

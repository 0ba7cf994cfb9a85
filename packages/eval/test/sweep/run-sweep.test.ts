import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasCode } from "@vla-pruner/core/testing";
import { jobsOf, keyOf, runSweep } from "../../src/index.ts";
import type { EpisodeRecord, SweepOptions } from "../../src/index.ts";
import { PLAN } from "../support/plan.ts";

const script = { path: fileURLToPath(new URL("../support/worker.ts", import.meta.url)), args: [] };
const jobs = await jobsOf(PLAN);
const onPath = (path: string) => jobs.map((job) => ({ ...job, path }));

interface Collector {
  readonly options: SweepOptions;
  readonly records: EpisodeRecord[];
  readonly problems: string[];
}

function collector(): Collector {
  const records: EpisodeRecord[] = [];
  const problems: string[] = [];
  const options: SweepOptions = {
    workers: 2,
    script,
    onEpisode: (record) => records.push(record),
    onProblem: (message) => problems.push(message),
  };
  return { options, records, problems };
}

describe("a sweep over worker processes", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "vla-pruner-sweep-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("plays every episode once, and counts what it cost", async () => {
    const { options, records } = collector();
    assert.deepEqual(await runSweep(jobs, options), { played: jobs.length, left: 0, lost: 0 });
    const keys = jobs.map((job) => keyOf({ ...job, task: job.task.name }));
    assert.deepEqual(records.map(keyOf).toSorted(), keys.toSorted());
    for (const { pruner, cost, denseCost, success, steps, calls } of records) {
      assert.deepEqual([success, steps, calls], [true, 5, 3]);
      assert.equal(cost.prefill < denseCost.prefill, pruner !== "keep-all");
    }
  });

  it("tries an episode again whose worker crashed, and says so", async () => {
    const { options, problems } = collector();
    const crashing = onPath(`crash:${join(folder, "marker")}`);
    assert.deepEqual(await runSweep(crashing, { ...options, workers: 1 }), {
      played: jobs.length,
      left: 0,
      lost: 0,
    });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /keep-all .*SIGKILL.*the worker's last words/su);
  });

  it("gives an episode up whose worker crashes twice, and goes on", async () => {
    const { options, problems } = collector();
    const [bad, ...good] = jobs;
    assert.ok(bad !== undefined);
    const end = await runSweep([{ ...bad, path: "always" }, ...good.slice(0, 2)], { ...options, workers: 1 });
    assert.deepEqual(end, { played: 2, left: 0, lost: 1 });
    assert.equal(problems.length, 2);
  });

  it("stops at an error that the other episodes would meet, too", async () => {
    const { options, records, problems } = collector();
    await assert.rejects(runSweep(onPath("missing"), options), hasCode("model-missing"));
    assert.deepEqual([records, problems], [[], []]);
  });

  it("has workers load models on the settings' device", async () => {
    const placed = jobs.map((job) => ({ ...job, settings: { ...job.settings, device: "webgpu" as const } }));
    await assert.rejects(runSweep(placed, collector().options), (error: Error) => {
      assert.ok(hasCode("model-invalid")(error));
      return error.message.includes("webgpu");
    });
  });

  it("starts nothing after its time, and nothing once it is told to stop", async () => {
    const late = collector();
    assert.equal((await runSweep(jobs, { ...late.options, timeLimit: 1e-6 })).left, jobs.length);
    const controller = new AbortController();
    const stopped = collector();
    const end = await runSweep(jobs, {
      ...stopped.options,
      workers: 1,
      signal: controller.signal,
      onEpisode: (record) => {
        stopped.records.push(record);
        controller.abort();
      },
    });
    assert.deepEqual([stopped.records.length, end], [1, { played: 1, left: jobs.length - 1, lost: 0 }]);
  });

  it("refuses no workers and no time", async () => {
    for (const change of [{ workers: 0 }, { workers: 1.5 }, { timeLimit: 0 }, { timeLimit: Number.NaN }])
      await assert.rejects(runSweep(jobs, { ...collector().options, ...change }), hasCode("invalid-option"));
  });
});

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { servePolicy } from "@vla-pruner/serve";
import type { PolicyServer } from "@vla-pruner/serve";
import { hostsOf } from "../src/serving/hosts-of.ts";
import { makeFolder } from "./support/folder.ts";
import { readingModel } from "./support/reading-model.ts";
import { startCli } from "./support/run-child.ts";
import { fail } from "./support/run-cli.ts";

const WORDS = ["--suite", "goal", "--episodes", "1", "--horizon", "3", "--jobs", "1", "--retention", "0.25"];

describe("eval of a policy on a server", () => {
  let model: string;
  let server: PolicyServer;
  before(async () => {
    model = await readingModel();
    const { start, about } = await hostsOf(model, {
      pruner: "recommended",
      retention: 0.25,
      warmup: "semantic",
      seed: 0,
      device: "cpu",
      isolation: "thread",
      threads: 1,
    });
    server = await servePolicy({ start, about, port: 0 });
  });
  after(() => server.close());

  it("plays what the same policy plays in this process", async () => {
    const local = await played(model);
    assert.deepEqual(await played(server.url), local);
    assert.deepEqual([local.length, (local[0] as { calls: number }).calls], [1, 3]);
    assert.deepEqual((local[0] as { denseCalls: number }).denseCalls, 0);
  });

  it("is refused before it begins where the server does something else", async () => {
    const served = ["eval", "--policy", server.url, ...WORDS];
    const own = ["--pruners", "recommended", "--warmup", "semantic"];
    const said = await fail(
      "invalid-option",
      ...served,
      "--pruners",
      "recommended,random",
      "--warmup",
      "semantic",
    );
    assert.match(said, /recommended at retention 0\.25, warm-up semantic, found random at retention 0\.25/u);
    await fail("invalid-option", ...served, "--pruners", "keep-all");
    await fail("invalid-option", ...served, "--pruners", "recommended", "--warmup", "dense");
    await fail("invalid-option", ...served, ...own, "--retention", "0.5");
    await fail("invalid-option", ...served, ...own, "--center-crop");
    await fail("server-unreachable", "eval", "--policy", "ws://127.0.0.1:9", ...WORDS, ...own);
  });
});

/** The episodes, without what the clock says of them. */
async function played(policy: string): Promise<object[]> {
  const out = join(makeFolder(), "evaluation");
  const method = ["--pruners", "recommended", "--warmup", "semantic"];
  const words = ["eval", "--policy", `tiny=${policy}`, ...WORDS, ...method, "--out", out];
  const { code, stderr } = await startCli(words).done;
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const lines = (await readFile(join(out, "episodes.jsonl"), "utf8")).trim().split("\n");
  return lines.map((line) => {
    const { timings, seconds: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return { ...rest, stages: Object.keys(timings as object).toSorted() };
  });
}

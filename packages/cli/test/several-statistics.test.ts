import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TWO_STATISTICS } from "./support/checkpoint.ts";
import { makeFolder } from "./support/folder.ts";
import { readingModel } from "./support/reading-model.ts";
import { startCli } from "./support/run-child.ts";
import { checkFailure, fail, succeed } from "./support/run-cli.ts";

const SAYS = /tiny, other.*--unnorm-key/u;

describe("a model with several statistics", () => {
  let model: string;
  let out: string;
  before(async () => void (model = await readingModel(TWO_STATISTICS)));
  beforeEach(() => void (out = join(makeFolder(), "out")));

  it("is evaluated with the statistics that are named, and not without", async () => {
    const cell = ["--suite", "goal", "--pruners", "keep-all", "--episodes", "1", "--horizon", "1"];
    const words = ["eval", "--policy", model, ...cell, "--jobs", "1", "--out", out];
    assert.match(checkFailure(await startCli(words).done, "unnorm-key"), SAYS);
    const { code, stderr } = await startCli([...words, "--unnorm-key", "other"]).done;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const { settings } = JSON.parse(await readFile(join(out, "sweep.json"), "utf8")) as { settings: object };
    assert.deepEqual(settings, { variants: {}, horizon: 1, unnormKey: "other" });
    await fail("invalid-option", ...words, "--resume", "--unnorm-key", "tiny");
  });

  it("is reported on with the statistics that are named, and not without", async () => {
    const words = ["report", model, "--task", "goal/cube-in-bowl", "--horizon", "1", "--out", out];
    assert.match(await fail("unnorm-key", ...words), SAYS);
    await succeed(...words, "--unnorm-key", "other");
    assert.match(await readFile(out, "utf8"), /--unnorm-key other/u);
  });
});

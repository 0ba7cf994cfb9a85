import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { taskNamed } from "@vla-pruner/sim";
import { makeFolder } from "./support/folder.ts";
import { fail, succeed } from "./support/run-cli.ts";

const CHECKPOINT = fileURLToPath(new URL("../../../checkpoints/random-openvla", import.meta.url));
const TASK = "goal/cube-in-bowl";

describe("report", () => {
  let model = "";
  before(async () => {
    model = join(makeFolder(), "model");
    await succeed("convert", CHECKPOINT, "--out", model);
  });

  it("plays the episode dense and pruned, and writes both into one file", async () => {
    const out = join(makeFolder(), "new folder", "episode.html");
    const options = [
      "--task",
      TASK,
      "--horizon",
      "2",
      "--warmup",
      "semantic",
      "--compare-dense",
      "--out",
      out,
    ];
    const text = await succeed("report", model, ...options);
    const lines = text.trimEnd().split("\n");
    assert.equal(lines[0], "dense: not solved in 2 steps, 2 calls, 2 of them dense");
    assert.equal(lines[1], "recommended 25 %: not solved in 2 steps, 2 calls");
    assert.equal(lines[2], out);
    const html = await readFile(out, "utf8");
    assert.match(html, /<h2>dense<\/h2>.*<h2>recommended 25 %<\/h2>/su);
    assert.match(html, /"kept":256,"vision":256.*"kept":64,"vision":256/su);
    assert.match(html, /<dt>task<\/dt><dd>goal\/cube-in-bowl<\/dd>/u);
  });

  it("takes a task file, and another pruner, over a report that is there", async () => {
    const folder = makeFolder();
    const [task, out] = [join(folder, "my task.json"), join(folder, "episode.html")];
    await writeFile(
      task,
      JSON.stringify({ ...taskNamed(TASK), suite: "mine", name: "mine/cube", horizon: 1 }),
    );
    await writeFile(out, "an older report");
    const text = await succeed(
      "report",
      "--model",
      model,
      "--task",
      task,
      "--pruner",
      "fastv",
      "--retention",
      "0.125",
      "--warmup",
      "semantic",
      "--out",
      out,
    );
    assert.match(text, /^fastv 12\.5 %: not solved in 1 step, 1 call\n/u);
    assert.match(await readFile(out, "utf8"), /<dd>mine\/cube<\/dd>/u);
  });

  it("refuses what it cannot play or write, and plays nothing", async () => {
    const folder = makeFolder();
    const out = join(folder, "episode.html");
    const taskFile = join(folder, "task.json");
    await writeFile(taskFile, "{");
    await mkdir(join(folder, "taken.html"));
    const run = (...options: string[]): string[] => [
      "report",
      model,
      "--task",
      TASK,
      "--out",
      out,
      ...options,
    ];
    await fail("task-invalid", ...run("--task", "goal/none"));
    await fail("task-invalid", ...run("--task", taskFile));
    await fail("task-invalid", ...run("--task", join(folder, "none.json")));
    await fail("output-unwritable", ...run("--out", join(folder, "taken.html")));
    await fail("output-unwritable", ...run("--out", join(taskFile, "episode.html")));
    await fail("invalid-option", ...run("--pruner", "none"));
    await fail("invalid-option", ...run("--retention", "2"));
    await fail("invalid-option", ...run("--seed", "-1"));
    await fail("invalid-option", ...run("--horizon", "0"));
    await fail("model-missing", "report", join(folder, "none"), ...run().slice(2));
    await fail("usage", "report", model, "--task", TASK);
    await fail("usage", "report", ...run().slice(2));
    await fail("usage", ...run("--model", model));
  });
});

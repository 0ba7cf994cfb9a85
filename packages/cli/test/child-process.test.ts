import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { act, parseSteps, withoutTimings } from "./support/act.ts";
import { CONFIG } from "./support/checkpoint.ts";
import { numericEpisode, numericLines, writeEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { tinyModel } from "./support/model.ts";
import { checkFailure } from "./support/run-cli.ts";
import { COMMAND, outcomeOf, startCli } from "./support/run-child.ts";

describe("vla-pruner as a process", () => {
  it("converts and acts without a word on stderr, as inside another process", async () => {
    const folder = makeFolder();
    await writeFile(join(folder, "config.json"), JSON.stringify(CONFIG));
    const converted = await startCli(["convert", "--synthetic", "config.json", "--out", "model"], folder)
      .done;
    assert.deepEqual(converted, { code: 0, stdout: "model\n", stderr: "" });
    const { code, stdout, stderr } = await startCli(
      ["act", await tinyModel(), "--episode", await numericEpisode(), "--json"],
      folder,
    ).done;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(withoutTimings(parseSteps(stdout)), withoutTimings(await act()));
  });

  it("fails with exit code 1 and one line on stderr", async () => {
    const outcome = await startCli([
      "act",
      await tinyModel(),
      "--episode",
      await numericEpisode(),
      "--retention",
      "0",
    ]).done;
    checkFailure(outcome, "invalid-option");
    assert.equal(outcome.stdout, "");
  });

  it("ends quietly when nobody reads on", async () => {
    const folder = makeFolder();
    const [line] = await numericLines(folder, 1);
    const many = await writeEpisode(
      folder,
      Array.from({ length: 400 }, () => line),
    );
    const { child, done } = startCli(["act", await tinyModel(), "--episode", many, "--json"]);
    assert.ok(child.stdout);
    await once(child.stdout, "data");
    child.stdout.destroy();
    const { code, stderr } = await done;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });

  it("says so when stdout cannot be written", async function () {
    if (process.platform !== "linux") this.skip(); // Only Linux has /dev/full.
    const shell = spawn(
      "sh",
      ["-c", '"$@" > /dev/full', "sh", process.execPath, ...COMMAND, "inspect", await tinyModel()],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    checkFailure(await outcomeOf(shell), "output-unwritable");
  });
});

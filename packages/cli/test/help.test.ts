import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { SUITES } from "@vla-pruner/sim";
import { fail, succeed } from "./support/run-cli.ts";

/** Of every command that runs a model. */
const MODEL: readonly string[] = ["--plugin", "--camera", "--unnorm-key", "--center-crop", "--device"];

describe("help", () => {
  it("names all commands, with and without --help", async () => {
    const text = await succeed("--help");
    for (const command of [
      "convert",
      "inspect",
      "act",
      "bench",
      "eval",
      "eval-report",
      "report",
      "new-plugin",
    ])
      assert.match(text, new RegExp(`^ {2}${command} `, "mu"));
    assert.equal(await succeed(), text);
    assert.equal(await succeed("help"), text);
  });

  for (const [command, options] of Object.entries({
    convert: [
      "--out",
      "--synthetic",
      "--architecture",
      "--dtype",
      "--prune-layer",
      "--action-layers",
      "--views",
      "--chunk",
      "--steps",
      "--plugin",
    ],
    inspect: ["--plugin", "--json"],
    act: [
      "--episode",
      "--steps",
      "--pruner",
      "--retention",
      "--window",
      "--decay",
      "--semantic-rows",
      "--warmup",
      "--unseen",
      "--legacy-weight-order",
      "--action-layers",
      "--current-action",
      ...MODEL,
      "--seed",
      "--json",
    ],
    bench: ["--pruner", "--retention", "--runs", ...MODEL, "--seed", "--json"],
    eval: [
      "--policy",
      "--suite",
      "--pruners",
      "--retention",
      "--warmup",
      "--episodes",
      "--seed",
      "--variant",
      ...MODEL,
      "--jobs",
      "--time-limit",
      "--out",
      "--resume",
      "--list-tasks",
      "--json",
    ],
    "eval-report": ["--out", "--pruners", "--retention", "--json"],
    report: [
      "--task",
      "--seed",
      "--pruner",
      "--retention",
      "--warmup",
      "--compare-dense",
      ...MODEL,
      "--out",
      "--list-tasks",
    ],
    "new-plugin": ["--out", "--architecture"],
  })) {
    it(`${command} --help names every option of the contract`, async () => {
      const text = await succeed(command, "--help");
      assert.match(text, new RegExp(`^Usage: vla-pruner ${command} `, "u"));
      for (const option of options) assert.ok(text.includes(`  ${option}`), option);
      assert.equal(await succeed("help", command), text);
    });
  }

  it("shows defaults as a user would type them, and how many cores there are to nobody", async () => {
    const help = new Map<string, string>();
    for (const command of ["act", "bench", "convert", "eval", "eval-report", "report"])
      help.set(command, (await succeed(command, "--help")).replaceAll(/\s+/gu, " "));
    for (const [command, text] of help) assert.doesNotMatch(text, /default: ["[{]/u, command);
    assert.match(help.get("bench") ?? "", /\(default: 1,0\.5,0\.25,0\.125\)/u);
    assert.match(help.get("eval") ?? "", /worker processes \(default: all cores\)/u);
    assert.match(help.get("eval") ?? "", /\(default: keep-all,recommended\)/u);
  });

  it("--list-tasks names the tasks that ship, without any other option", async () => {
    const text = await succeed("eval", "--list-tasks");
    assert.equal(await succeed("report", "--list-tasks"), text);
    const lines = text.trimEnd().split("\n");
    assert.equal(lines.length, Object.values(SUITES).flat().length);
    assert.ok(
      lines.some((line) => /^goal\/stack-can +stack the .*can/u.test(line)),
      text,
    );
  });

  it("--version prints the package's version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    assert.equal(await succeed("--version"), `${version}\n`);
  });

  it("refuses unknown commands and options, with a suggestion", async () => {
    assert.match(await fail("usage", "convrt"), /unknown command 'convrt'.*Did you mean convert/u);
    assert.match(
      await fail("usage", "bench", "model", "--retentoin", "1"),
      /--retentoin.*Did you mean --retention/u,
    );
    assert.match(await fail("usage", "--verbose"), /--verbose/u);
  });
});

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fail, succeed } from "./support/run-cli.ts";

/** Of every command that runs a model. */
const MODEL: readonly string[] = ["--plugin", "--camera", "--unnorm-key", "--center-crop", "--device"];

describe("help", () => {
  it("names all commands, with and without --help", async () => {
    const text = await succeed("--help");
    for (const command of ["convert", "inspect", "act", "bench", "eval", "eval-report", "report"])
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
      "--json",
    ],
    "eval-report": ["--out", "--pruners", "--retention", "--json"],
    report: ["--task", "--seed", "--pruner", "--retention", "--warmup", "--compare-dense", ...MODEL, "--out"],
  })) {
    it(`${command} --help names every option of the contract`, async () => {
      const text = await succeed(command, "--help");
      assert.match(text, new RegExp(`^Usage: vla-pruner ${command} `, "u"));
      for (const option of options) assert.ok(text.includes(`  ${option}`), option);
      assert.equal(await succeed("help", command), text);
    });
  }

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

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { adapterContract, prunerContract } from "@vla-pruner/core/testing";
import { readPng } from "../support/png.ts";

const repository = join(import.meta.dirname, "..", "..");

const NODE = ["--import", "tsx", "--conditions=@vla-pruner/source"];

/** Words for examples that take longer without. */
const SHORTER: Readonly<Record<string, readonly string[]>> = {
  "09-act-without-standing-still.ts": ["--steps", "6"],
};

const NAMES = readdirSync(join(repository, "examples")).filter((name) => /^\d\d-.*\.ts$/u.test(name));
const started = new Map<string, Promise<string[]>>();

/** What an example prints. The next one runs meanwhile: they need nothing of each other. */
async function linesOf(name: string): Promise<string[]> {
  const [lines] = NAMES.slice(NAMES.indexOf(name), NAMES.indexOf(name) + 2).map((asked) => {
    const running = started.get(asked) ?? run(asked, ...(SHORTER[asked] ?? []));
    running.catch(() => undefined); // told by its own test
    started.set(asked, running);
    return running;
  });
  return lines ?? assert.fail(`no example ${name}`);
}

/** Runs a program as a user would and gives the lines that it printed. */
async function run(name: string, ...words: readonly string[]): Promise<string[]> {
  const asked = [...NODE, join("examples", name), ...words];
  const { stdout } = await promisify(execFile)(process.execPath, asked, { cwd: repository });
  return stdout.trim().split("\n");
}

const count = (lines: readonly string[], pattern: RegExp): number =>
  lines.filter((line) => pattern.test(line)).length;

describe("examples", () => {
  it("01 prunes from the fourth step on, to a quarter of the visual tokens", async () => {
    const lines = await linesOf("01-prune-a-pipeline.ts");
    assert.equal(count(lines, /^step [012]: dense, 256 visual tokens kept, action (-?\d\.\d{3} ?){7}$/), 3);
    assert.equal(count(lines, /^step [3-7]: pruned, 64 visual tokens kept, action (-?\d\.\d{3} ?){7}$/), 5);
  });

  it("02 sees attention in taps and events, and changes a decision by a middleware", async () => {
    const lines = await linesOf("02-watch-attention.ts");
    assert.equal(count(lines, /tap: 8 layers report, 5 of them over 256 kept patches/), 3);
    assert.equal(count(lines, /event: step \d dense \(warm-up\), keeps 256/), 3);
    assert.equal(count(lines, /event: step \d pruned \(combined(, patch 0)?\), keeps 6[45]/), 2);
  });

  it("03 writes a pruner that meets the contract and keeps a disc", async () => {
    const lines = await linesOf("03-write-a-pruner.ts");
    assert.ok(count(lines, /^ok: /) >= 7);
    assert.equal(count(lines, /^step \d: 64 kept$/), 2);
    assert.equal(lines.join("").match(/#/g)?.length, 128);
  });

  it("04 keeps episodes apart, takes one up again and survives a cancellation", async () => {
    assert.deepEqual(await linesOf("04-episodes-and-state.ts"), [
      "left: pruned, right: dense",
      "taken up again, same choice: true",
      "cancelled, memory as before: true",
      "after the reset: dense",
    ]);
  });

  it("05 adds an architecture that meets the contract, with taps on both sides of the cut", async () => {
    const lines = await linesOf("05-a-new-architecture.ts");
    assert.equal(count(lines, /^ok: /), Object.keys(adapterContract).length);
    assert.equal(count(lines, /^taps: 3 layers over all 64 visual tokens, 3 over the kept ones$/), 1);
    assert.equal(count(lines, /^step [012]: dense, 64 visual tokens kept, action (-?\d\.\d{3} ?){7}$/), 3);
    assert.equal(count(lines, /^step [34]: pruned, 16 visual tokens kept, action (-?\d\.\d{3} ?){7}$/), 2);
  });

  it("06 keeps the patches that changed, from the second step on", async () => {
    const lines = await linesOf("06-see-what-moved.ts");
    assert.equal(lines[0], `meets ${Object.keys(prunerContract).length} checks`);
    const kept = lines.slice(1).map((line) => Number(/keeps (\d+) of the 16 patches/.exec(line)?.[1]));
    assert.equal(kept.length, 4);
    assert.ok(
      kept.slice(1).every((patches) => patches >= 12),
      kept.join(),
    );
  });

  it("07 keeps what this call's actions look at, and is refused where no action row lies below the cut", async () => {
    const lines = await linesOf("07-know-this-very-call.ts");
    const held = lines.slice(0, -1).map((line) => {
      return Number(/^step \d: 25 % of the tokens hold (\d+) % of the action attention$/.exec(line)?.[1]);
    });
    assert.equal(held.length, 3);
    assert.ok(
      held.every((share) => share > 30),
      held.join(),
    );
    assert.equal(lines.at(-1), "refused for openvla: invalid-option");
  });

  it("08 learns how much to keep, and goes on in another policy with what it learnt", async () => {
    const lines = await linesOf("08-learn-how-much-to-keep.ts");
    assert.equal(lines[0], `meets ${Object.keys(prunerContract).length} checks`);
    assert.equal(lines[1], "step 0: 128 kept, 0 calls known");
    assert.equal(count(lines, /^step [12]: [1-9]\d kept, [12] calls known$/), 2);
    assert.equal(lines.at(-1), "taken up again: 3 calls known, same choice: true");
  });

  it("09 acts on a server's policy in the time of the clock, both ways", async () => {
    const lines = await linesOf("09-act-without-standing-still.ts");
    const played = /: solved [01] of 1, stood still in \d+ % of 6 control steps$/;
    assert.equal(count(lines, played), 2, lines.join("\n"));
  });

  it("10 prunes a stock model of transformers.js, which answers as before at retention 1", async () => {
    assert.deepEqual(await linesOf("10-prune-a-stock-model.ts"), [
      "retention 1 answers as the stock model: true",
      ...[8, 4].flatMap((kept) => [
        `pruned: layers from 2 on see ${5 + 2 * kept} of 37 rows`,
        `  image-1: ${kept} of 16 visual tokens`,
        `  image-2: ${kept} of 16 visual tokens`,
      ]),
    ]);
  });

  it("the demo plays an episode dense and pruned, and writes what it saw", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vla-pruner-"));
    try {
      const [out, picture] = [join(folder, "deeper", "demo.html"), join(folder, "deeper", "demo.png")];
      const asked = ["--task", "spatial/cube-on-stand", "--seed", "1", "--retention", "0.125"];
      const lines = await run("demo.ts", ...asked, "--out", out, "--picture", picture);
      const calls = /^ +\d+ +\d+ {2}pruned {4}(warm-up-semantic|combined) +64\/512 .* \d+ % .* → \d+\.\d$/;
      assert.ok(count(lines, calls) >= 2);
      assert.equal(
        count(lines, /^(dense|vla-pruner 12.5 %): (solved|NOT SOLVED .*) after \d+ control steps/),
        2,
      );
      assert.equal(count(lines, /^ {2}prefill .* MMAC +4\d\.\d %$/), 1);
      assert.match(readFileSync(out, "utf8"), /vla-pruner 12\.5 %/);
      const { width, height } = await readPng(picture);
      assert.deepEqual([width, height], [1912, 1039]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("the demo names the tasks when there is none of the name asked for", () => {
    const asked = [...NODE, join("examples", "demo.ts"), "--task", "spatial/none"];
    const { status, stdout, stderr } = spawnSync(process.execPath, asked, {
      cwd: repository,
      encoding: "utf8",
    });
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /^task-invalid: expected one of .*goal\/stack-can.*"spatial\/none".*\n$/);
  });
});

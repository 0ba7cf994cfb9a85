import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adapterContract } from "@vla-pruner/core/testing";
import { readPng } from "../support/png.ts";

const repository = join(import.meta.dirname, "..", "..");

/** Runs an example as a user would and returns the lines that it printed. */
function linesOf(name: string, ...words: string[]): string[] {
  const node = ["--import", "tsx", "--conditions=@vla-pruner/source", join("examples", name), ...words];
  return execFileSync(process.execPath, node, { cwd: repository, encoding: "utf8" }).trim().split("\n");
}

const count = (lines: readonly string[], pattern: RegExp): number =>
  lines.filter((line) => pattern.test(line)).length;

describe("examples", () => {
  it("01 prunes from the fourth step on, to a quarter of the visual tokens", () => {
    const lines = linesOf("01-prune-a-pipeline.ts");
    assert.equal(count(lines, /^step [012]: dense, 256 visual tokens kept, action (-?\d\.\d{3} ?){7}$/), 3);
    assert.equal(count(lines, /^step [3-7]: pruned, 64 visual tokens kept, action (-?\d\.\d{3} ?){7}$/), 5);
  });

  it("02 sees attention in taps and events, and changes a decision by a middleware", () => {
    const lines = linesOf("02-watch-attention.ts");
    assert.equal(count(lines, /tap: 18 layers report, 15 of them over 256 kept patches/), 3);
    assert.equal(count(lines, /event: step \d dense \(warm-up\), keeps 256/), 3);
    assert.equal(count(lines, /event: step \d pruned \(combined(, patch 0)?\), keeps 6[45]/), 2);
  });

  it("03 writes a pruner that meets the contract and keeps a disc", () => {
    const lines = linesOf("03-write-a-pruner.ts");
    assert.ok(count(lines, /^ok: /) >= 7);
    assert.equal(count(lines, /^step \d: 64 kept$/), 2);
    assert.equal(lines.join("").match(/#/g)?.length, 128);
  });

  it("04 keeps episodes apart, takes one up again and survives a cancellation", () => {
    assert.deepEqual(linesOf("04-episodes-and-state.ts"), [
      "left: pruned, right: dense",
      "taken up again, same choice: true",
      "cancelled, memory as before: true",
      "after the reset: dense",
    ]);
  });

  it("05 adds an architecture that meets the contract, with taps on both sides of the cut", () => {
    const lines = linesOf("05-a-new-architecture.ts");
    assert.equal(count(lines, /^ok: /), Object.keys(adapterContract).length);
    assert.equal(count(lines, /^taps: 3 layers over all 64 visual tokens, 3 over the kept ones$/), 1);
    assert.equal(count(lines, /^step [012]: dense, 64 visual tokens kept, action (-?\d\.\d{3} ?){7}$/), 3);
    assert.equal(count(lines, /^step [34]: pruned, 16 visual tokens kept, action (-?\d\.\d{3} ?){7}$/), 2);
  });

  it("the demo prints every step, says that the weights are random and draws the kept patches", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vla-pruner-"));
    try {
      const out = join(folder, "deeper", "demo.png");
      const lines = linesOf("demo.ts", "--out", out);
      assert.equal(count(lines, /The weights are random: the actions mean nothing/), 1);
      assert.equal(count(lines, /^ +\d {2}dense {5}warm-up +256\/256 /), 3);
      assert.equal(count(lines, /^ +\d {2}pruned {4}combined +64\/256 .* \d+ % /), 5);
      assert.equal(count(lines, /^ +prefill .* MMAC +37\.9 %$/), 1);
      assert.equal(count(lines, /1\.907 → 0\.762 TMAC/), 1);
      const { width, height } = await readPng(out);
      assert.deepEqual([width, height], [1912, 560]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fastv } from "@vla-pruner/core";
import { withPruning } from "../src/index.ts";
import { Models } from "./support/fixtures.ts";
import { loadModel, promptOf, tokensAfter } from "./support/generate.ts";

describe("files of a pruned stock model", () => {
  const models = new Models();
  after(() => models.remove());

  for (const dtype of ["fp32", "q4"])
    it(`stay as they are, and none comes: weights ${dtype === "fp32" ? "beside" : "within"} the graph`, async () => {
      const fixture = models.unpack("smolvlm");
      const before = [listing(models.folder), readdirSync(process.cwd())];
      const pruned = await withPruning(await loadModel(fixture, dtype), {
        model: fixture.folder,
        layer: 2,
        pruner: fastv({ retention: 0.25 }),
      });
      await tokensAfter(pruned, promptOf("smolvlm", 1));
      await pruned.dispose();
      assert.deepEqual([listing(models.folder), readdirSync(process.cwd())], before);
    });
});

/** Files below a folder with their sizes and times. */
function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return `${name} ${size} ${mtimeMs}`;
  });
}

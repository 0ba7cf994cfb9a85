import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { convertCheckpoint } from "../../src/convert/convert-checkpoint.ts";
import { SyntheticSource } from "../../src/synthetic/synthetic-source.ts";
import { withFolder } from "../support/temporary-folder.ts";
import { TOY_WEIGHTS, toyRequest } from "../support/toy-recipe.ts";

/** Four matrices of 360 kB: the second does not fit into half a megabyte. */
const SIZE = 300;
const weights = new SyntheticSource(new Map(TOY_WEIGHTS.names.map((name) => [name, { dims: [SIZE, SIZE] }])));

function succeeds(command: string, ...parameters: readonly string[]): boolean {
  return spawnSync(command, parameters).status === 0;
}

describe("a disk that runs full", () => {
  it("output-unwritable, the advice to free space, and an empty disk", async function () {
    await withFolder(async (folder) => {
      const disk = join(folder, "disk");
      await mkdir(disk);
      if (!succeeds("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk)) {
        process.stdout.write("    skipped: a small disk can be mounted by root on Linux only\n");
        this.skip();
      }
      try {
        const request = toyRequest(join(disk, "model"), { checkpoint: weights, config: { size: SIZE } });
        const full = { code: "output-unwritable", found: /ENOSPC/, fix: /free some disk space/ };
        await assert.rejects(convertCheckpoint(request), full);
        assert.deepEqual(await readdir(disk), []);
      } finally {
        succeeds("umount", disk);
      }
    });
  });
});

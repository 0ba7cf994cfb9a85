import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeTinyOpenVla } from "../make-random-openvla.ts";

const shipped = join(import.meta.dirname, "..", "..", "checkpoints", "random-openvla");

describe("checkpoints/random-openvla", () => {
  it("is what its tool writes, byte for byte", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vla-pruner-"));
    try {
      await makeTinyOpenVla(folder);
      const names = await readdir(folder);
      assert.deepEqual(names.toSorted(), [
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
      ]);
      for (const name of names) {
        const made = await readFile(join(folder, name));
        assert.ok(made.equals(await readFile(join(shipped, name))), `${name} differs: run the tool again`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

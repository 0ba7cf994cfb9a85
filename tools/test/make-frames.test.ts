import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readPng } from "../../examples/support/png.ts";
import { drawFrame } from "../make-frames.ts";

const folder = join(import.meta.dirname, "..", "..", "examples", "frames");

describe("examples/frames", () => {
  it("holds what its tool draws, pixel for pixel", async () => {
    const names = readdirSync(folder).toSorted();
    assert.equal(names.length, 8);
    // Pixels, not bytes: zlib may compress differently in another Node. Three frames stand for all.
    for (const index of [0, 4, 7]) {
      const name = names[index] ?? "";
      const { data, width, height } = await readPng(join(folder, name));
      assert.deepEqual([name, width, height], [`frame-${index}.png`, 224, 224]);
      assert.ok(Buffer.from(drawFrame(index).data).equals(data), `${name} differs: run the tool again`);
    }
  });
});

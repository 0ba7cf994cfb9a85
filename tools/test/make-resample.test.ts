import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { makeResample, MADE } from "../make-resample.ts";

describe("the compiled resampling", () => {
  it("is what its tool makes of its text", async () => {
    assert.ok((await makeResample()) === (await readFile(MADE, "utf8")), "run the tool again");
  });
});

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { makeFromWat, MADE } from "../make-from-wat.ts";

describe("the compiled resampling", () => {
  it("is what its tool makes of its text", async () => {
    assert.ok((await makeFromWat()) === (await readFile(MADE, "utf8")), "run the tool again");
  });
});

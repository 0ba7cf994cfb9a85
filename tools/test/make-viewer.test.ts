import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { makeViewer, MADE } from "../make-viewer.ts";

describe("the compiled script and style of the viewer", () => {
  it("are what their tool makes of their sources", async () => {
    assert.ok((await makeViewer()) === (await readFile(MADE, "utf8")), "run the tool again");
  });
});

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { hasCode } from "@vla-pruner/core/testing";
import { readFrame } from "../../src/index.ts";
import { frame } from "../support/observations.ts";

const picture = new URL("../golden/synthetic_640x480.png", import.meta.url);

describe("readFrame", () => {
  it("decodes a picture, width before height", async () => {
    const { width, height, channels, data } = await readFrame(fileURLToPath(picture));
    assert.deepEqual([width, height, data.length], [640, 480, 640 * 480 * channels]);
  });

  it("hands pixels on as they are", async () => {
    const pixels = frame(9);
    assert.equal(await readFrame(pixels), pixels);
  });

  it("refuses a file that is missing or no picture", async () => {
    for (const path of ["/nowhere/frame.png", fileURLToPath(import.meta.url)]) {
      await assert.rejects(
        readFrame(path),
        (error) => hasCode("image-invalid")(error) && String(error).includes(path),
      );
    }
  });
});

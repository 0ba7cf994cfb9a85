import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { toRgb } from "../../src/adapter/index.ts";
import type { CameraFrame } from "../../src/index.ts";

describe("toRgb", () => {
  it("repeats grey and drops alpha", () => {
    const grey = toRgb({ data: Uint8Array.of(10, 20), width: 1, height: 2, channels: 1 });
    assert.deepEqual(grey, { data: Uint8Array.of(10, 10, 10, 20, 20, 20), width: 1, height: 2 });
    const alpha = toRgb({ data: Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 255), width: 2, height: 1, channels: 4 });
    assert.deepEqual(alpha.data, Uint8Array.of(1, 2, 3, 4, 5, 6));
  });

  it("takes RGB as it is, from the middle of a larger buffer too", () => {
    const buffer = Uint8ClampedArray.of(9, 9, 1, 2, 3, 9);
    const { data } = toRgb({ data: buffer.subarray(2, 5), width: 1, height: 1, channels: 3 });
    assert.deepEqual(data, Uint8Array.of(1, 2, 3));
  });

  it("refuses what is no picture of bytes", () => {
    const good = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 };
    const bad: Readonly<Record<string, unknown>> = {
      "no frame": undefined,
      "no data": { ...good, data: undefined },
      floats: { ...good, data: new Float32Array(12) },
      "two channels": { ...good, data: new Uint8Array(8), channels: 2 },
      "one byte short": { ...good, data: new Uint8Array(11) },
      "one byte long": { ...good, data: new Uint8Array(13) },
      "no width": { data: new Uint8Array(0), width: 0, height: 2, channels: 3 },
      "negative height": { ...good, width: -2, height: -2 },
      "half a pixel": { ...good, width: 2.5 },
    };
    for (const [what, frame] of Object.entries(bad)) {
      assert.throws(() => toRgb(frame as CameraFrame), hasCode("image-invalid"), what);
    }
  });
});

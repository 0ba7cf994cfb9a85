import assert from "node:assert/strict";
import { normalizeInto } from "../../src/adapter/index.ts";

describe("normalizeInto", () => {
  it("writes channels first from the offset on, and nothing else", () => {
    const image = { data: Uint8Array.of(0, 51, 255, 255, 102, 0), width: 2, height: 1 };
    const target = new Float32Array(8).fill(-7);
    normalizeInto(target, 1, image, { mean: [0.5, 0, 1], std: [0.5, 1, 0.25] });
    const expected = [-7, -1, 1, 0.2, 0.4, 0, -4, -7];
    assert.deepEqual([...target], expected.map(Math.fround));
  });
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { normalizeInto } from "../../src/adapter/index.ts";
import { hasCode } from "../../src/testing/index.ts";

describe("normalizeInto", () => {
  it("writes channels first from the offset on, and nothing else", () => {
    const image = { data: Uint8Array.of(0, 51, 255, 255, 102, 0), width: 2, height: 1 };
    const target = new Float32Array(8).fill(-7);
    normalizeInto(target, 1, image, { mean: [0.5, 0, 1], std: [0.5, 1, 0.25] });
    const expected = [-7, -1, 1, 0.2, 0.4, 0, -4, -7];
    assert.deepEqual([...target], expected.map(Math.fround));
  });

  it("is torchvision's formula in float32, whatever the picture's size and what came before", () => {
    const side = fc.integer({ min: 1, max: 150 });
    const level = fc.double({ min: 0.01, max: 1, noNaN: true });
    const levels = fc.array(level, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(side, side, levels, levels, fc.nat(), (width, height, mean, std, seed) => {
        const pixels = width * height;
        const data = Uint8Array.from({ length: 3 * pixels }, (_, index) => (index * 31 + seed) % 256);
        const target = new Float32Array(3 * pixels);
        normalizeInto(target, 0, { data, width, height }, { mean, std });
        const { fround } = Math;
        const expected = target.map((_, index) => {
          const [channel, pixel] = [Math.floor(index / pixels), index % pixels];
          const centred = fround(fround((data[3 * pixel + channel] ?? 0) / 255) - fround(mean[channel] ?? 0));
          return centred / fround(std[channel] ?? 0);
        });
        assert.ok(Buffer.from(target.buffer).equals(Buffer.from(expected.buffer)));
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  it("refuses a picture that is shorter than it says: it would show what came before", () => {
    const short = { data: new Uint8Array(9), width: 2, height: 2 };
    assert.throws(
      () => normalizeInto(new Float32Array(12), 0, short, { mean: [0, 0, 0], std: [1, 1, 1] }),
      hasCode("image-invalid"),
    );
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { float16Value } from "@vla-pruner/format";
import { float16Bits, packFloat16 } from "../../src/weights/float16.ts";

/** Rounds to half precision in float64 arithmetic, where every step but the rounding itself is exact. */
function rounded(value: number): number {
  const size = Math.abs(value);
  let exponent = -14;
  while (exponent < 16 && size >= 2 ** (exponent + 1)) exponent += 1;
  const step = 2 ** (exponent - 10);
  const floor = Math.floor(size / step);
  const rest = size / step - floor;
  const nearest = (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) * step;
  const finite = nearest > 65504 ? Number.POSITIVE_INFINITY : nearest;
  return value < 0 || Object.is(value, -0) ? -finite : finite;
}

/** The float32 numbers just below, at, and just above the middle between two neighbouring halfs. */
const nearTies = fc
  .record({ half: fc.nat(0x7bff), negative: fc.boolean(), nudge: fc.constantFrom(-1, 0, 1) })
  .map(({ half, negative, nudge }) => {
    const middle = half === 0x7bff ? 65520 : (float16Value(half) + float16Value(half + 1)) / 2;
    const bits = new Uint32Array(Float32Array.of(middle).buffer);
    const [nudged = 0] = new Float32Array(bits.map((word) => word + nudge).buffer);
    return negative ? -nudged : nudged;
  });

describe("float16", () => {
  it("every one of the 65536 halfs survives a round trip", () => {
    for (let half = 0; half <= 0xffff; half += 1) {
      const value = float16Value(half);
      if (Number.isNaN(value)) assert.ok(Number.isNaN(float16Value(float16Bits(value))), `NaN ${half}`);
      else assert.equal(float16Bits(value), half);
    }
  });

  it("values of halfs: zero, smallest subnormal, smallest normal, one, largest, infinity, NaN", () => {
    const halfs = [0x0000, 0x0001, 0x0400, 0x3c00, 0xbc00, 0x7bff, 0x7c00, 0xfc00];
    const values = [0, 2 ** -24, 2 ** -14, 1, -1, 65504, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    assert.deepEqual(halfs.map(float16Value), values);
    assert.ok(Number.isNaN(float16Value(0x7c01)));
    assert.ok(Object.is(float16Value(0x8000), -0));
  });

  it("rounds every float32 to the nearest half, ties to even", () => {
    const numbers = fc.oneof(
      nearTies,
      fc.float({ noNaN: true, noDefaultInfinity: true, min: -70_000, max: 70_000 }),
      fc.float({ noNaN: true, min: Math.fround(-1e-4), max: Math.fround(1e-4) }),
    );
    fc.assert(
      fc.property(numbers, (value) => assert.equal(float16Value(float16Bits(value)), rounded(value))),
      { numRuns: 5000 },
    );
  });

  it("overflows to infinity of its sign from half a step above the largest half on, and NaN stays NaN", () => {
    assert.equal(float16Bits(65519.996), 0x7bff);
    assert.equal(float16Bits(65520), 0x7c00);
    assert.equal(float16Bits(-3e38), 0xfc00);
    assert.equal(float16Bits(Number.NEGATIVE_INFINITY), 0xfc00);
    assert.ok(Number.isNaN(float16Value(float16Bits(Number.NaN))));
  });

  it("what is too small for half the smallest subnormal becomes zero of its sign", () => {
    assert.equal(float16Bits(2 ** -25), 0);
    assert.equal(float16Bits(2 ** -25 * 1.0001), 1);
    assert.equal(float16Bits(-(2 ** -30)), 0x8000);
  });

  it("packs an array element by element", () => {
    assert.deepEqual(packFloat16(Float32Array.of(1, -2, 0.1)), Uint16Array.of(0x3c00, 0xc000, 0x2e66));
  });
});

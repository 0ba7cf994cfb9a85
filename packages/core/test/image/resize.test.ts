import assert from "node:assert/strict";
import fc from "fast-check";
import { resizeBicubic, resizeBilinear } from "../../src/adapter/index.ts";
import type { RgbImage } from "../../src/adapter/index.ts";

/** Pillow's resampling, tap by tap, as its text defines it. */
function plainResize(image: RgbImage, width: number, height: number, support: number): RgbImage {
  const wide = plainSide(image, width, support, (x, y) => (y * image.width + x) * 3);
  const { data } = plainSide(
    { data: wide.data, width: wide.height, height: width },
    height,
    support,
    (x, y) => (x * width + y) * 3,
  );
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width * 3; x += 1)
      result[y * width * 3 + x] = data[(Math.floor(x / 3) * height + y) * 3 + (x % 3)] ?? 0;
  return { data: result, width, height };
}

function plainSide(
  image: RgbImage,
  size: number,
  support: number,
  at: (along: number, across: number) => number,
): RgbImage {
  const scale = image.width / size;
  const stretch = Math.max(1, scale);
  const data = new Uint8Array(size * image.height * 3);
  for (let out = 0; out < size; out += 1) {
    const center = (out + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support * stretch + 0.5));
    const last = Math.min(image.width, Math.trunc(center + support * stretch + 0.5));
    const raw = Array.from({ length: last - first }, (_, tap) =>
      kernel((first + tap - center + 0.5) / stretch, support),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    const weights = raw.map((weight) => {
      const fixed = (weight / total) * 2 ** 22;
      return Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    });
    for (let across = 0; across < image.height; across += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const sum = weights.reduce(
          (so, weight, tap) => so + weight * (image.data[at(first + tap, across) + channel] ?? Number.NaN),
          2 ** 21,
        );
        data[(across * size + out) * 3 + channel] = Math.min(255, Math.max(0, Math.floor(sum / 2 ** 22)));
      }
    }
  }
  return { data, width: size, height: image.height };
}

function kernel(distance: number, support: number): number {
  const x = Math.abs(distance);
  if (support === 1) return Math.max(0, 1 - x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

const side = fc.integer({ min: 1, max: 60 });
/** Black and white corners among the values make sums overshoot on both sides. */
const level = fc.oneof(fc.constantFrom(0, 255), fc.integer({ min: 0, max: 255 }));
const picture = fc
  .tuple(side, side)
  .chain(([width, height]) =>
    fc
      .array(level, { minLength: width * height * 3, maxLength: width * height * 3 })
      .map((data) => ({ data: Uint8Array.from(data), width, height })),
  );

describe("resizing", () => {
  for (const [name, resize, support] of [
    ["resizeBicubic", resizeBicubic, 2],
    ["resizeBilinear", resizeBilinear, 1],
  ] as const) {
    it(`${name} is Pillow's sum, whatever the sizes, up and down`, () => {
      fc.assert(
        fc.property(picture, side, side, (image, width, height) => {
          assert.deepEqual(resize(image, width, height), plainResize(image, width, height, support));
        }),
        { numRuns: 60 },
      );
    });
  }

  it("gives the same whatever size came before, wider than a block of rows too", () => {
    const data = Uint8Array.from({ length: 3000 * 41 * 3 }, (_, index) => (index * 7919) % 251);
    const wide = { data, width: 3000, height: 41 };
    const small = { data: data.slice(0, 9 * 5 * 3), width: 9, height: 5 };
    const first = resizeBicubic(small, 4, 3);
    assert.deepEqual(resizeBicubic(wide, 31, 17), plainResize(wide, 31, 17, 2));
    assert.deepEqual(resizeBicubic(small, 4, 3), first);
  });
});

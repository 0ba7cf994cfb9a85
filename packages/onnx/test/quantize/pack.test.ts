import assert from "node:assert/strict";
import fc from "fast-check";
import { packInt4 } from "../../src/quantize/pack-int4.ts";
import { packInt8 } from "../../src/quantize/pack-int8.ts";
import { relativeError } from "../../src/quantize/quantization-error.ts";
import type { QuantizationError } from "../../src/quantize/quantization-error.ts";
import { dequantizeInt4, dequantizeInt8, half } from "../support/dequantize.ts";
import { noise } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";

/** A matrix `[rows, width]` of numbers of very different sizes, zeros among them. */
const matrices = fc
  .record({ rows: fc.integer({ min: 1, max: 5 }), width: fc.integer({ min: 1, max: 70 }) })
  .chain(({ rows, width }) =>
    fc
      .array(fc.oneof(fc.float({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, 40, -40, 1e-6)), {
        minLength: rows * width,
        maxLength: rows * width,
      })
      .map((values) => ({ width, values: Float32Array.from(values) })),
  );

/** Largest number of each group of columns, for each place of a matrix. */
function largestAround(rows: Matrix, group: number): Matrix {
  return rows.map((row) =>
    row.map((_, column) => {
      const start = Math.floor(column / group) * group;
      return Math.max(...row.slice(start, start + group).map(Math.abs));
    }),
  );
}

/** What the sums say must be what a plain comparison finds. */
function assertReported(error: QuantizationError, rows: Matrix, back: Matrix): void {
  const off = rows.flat().map((value, index) => value - (back.flat()[index] ?? Number.NaN));
  const squared = off.reduce((sum, value) => sum + value ** 2, 0);
  const power = rows.flat().reduce((sum, value) => sum + value ** 2, 0);
  assert.ok(Math.abs(error.squared - squared) <= 1e-6 * power + 1e-12, `${error.squared} for ${squared}`);
  assert.ok(Math.abs(error.largest - Math.max(...off.map(Math.abs))) <= 1e-5 * (1 + error.largest));
}

function assertWithin(rows: Matrix, back: Matrix, bound: Matrix): void {
  for (const [index, row] of rows.entries()) {
    for (const [column, value] of row.entries()) {
      const off = Math.abs(value - (back[index]?.[column] ?? Number.NaN));
      const most = (bound[index]?.[column] ?? Number.NaN) * (1 + 1e-5) + 1e-9;
      assert.ok(off <= most, `row ${index}, column ${column}: ${off} away, ${most} at most`);
    }
  }
}

describe("packInt4", () => {
  for (const block of [32, 128]) {
    for (const stored of ["float32", "float16"] as const) {
      it(`no number is further off than a seventh of its block's largest (block ${block}, ${stored} scales)`, () => {
        fc.assert(
          fc.property(matrices, ({ values, width }) => {
            const { packed, scales, error } = packInt4(values, width, block, stored === "float16");
            const rows = rowsOf(values, width);
            const back = dequantizeInt4(packed, scales, width, block);
            // A seventh of the largest is a whole step; the widest spread tried clips the largest by an eighth of it.
            const slack = stored === "float16" ? 1e-3 : 0;
            assertWithin(
              rows,
              back,
              largestAround(rows, block).map((row) =>
                row.map((most) => most * (1 / 7 + slack) + slack * 1e-3),
              ),
            );
            assertReported(error, rows, back);
            if (stored === "float16") assert.deepEqual([...scales], [...scales].map(half));
          }),
          { numRuns: 60 },
        );
      });
    }
  }

  it("noise keeps nine tenths of itself, and better than the plain step of ggml's Q4_0 would", () => {
    const values = noise("matrix", 64 * 256);
    const { error } = packInt4(values, 256, 32, false);
    let plain = 0;
    for (let start = 0; start < values.length; start += 32) {
      const own = values.slice(start, start + 32);
      const largest = own.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
      const scale = largest / -8;
      for (const value of own) plain += (value - scale * Math.min(7, Math.round(value / scale))) ** 2;
    }
    assert.ok(relativeError(error) < 0.08, String(relativeError(error)));
    assert.ok(error.squared < plain);
  });

  it("numbers that are whole steps come back exactly, and zeros as zeros", () => {
    const steps = Float32Array.from({ length: 64 }, (_, index) => ((index % 16) - 8) / 4);
    const { packed, scales, error } = packInt4(
      Float32Array.of(...steps, ...new Float32Array(32)),
      32,
      32,
      true,
    );
    assert.deepEqual(dequantizeInt4(packed, scales, 32, 32).flat(), [...steps, ...new Float32Array(32)]);
    assert.equal(error.squared, 0);
  });
});

describe("packInt8", () => {
  it("no number is further off than half a 64th of its row's largest, wherever the rows' columns lie", () => {
    fc.assert(
      fc.property(matrices, fc.nat(3), fc.nat(3), ({ values, width }, before, after) => {
        const rows = rowsOf(values, width);
        const total = before + rows.length + after;
        const matrix = new Int8Array(width * total).fill(7);
        const { scales, error } = packInt8(values, width, matrix, total, before);
        const padded = new Float32Array(total).fill(1);
        padded.set(scales, before);
        const back = dequantizeInt8(matrix, padded, width);
        const own = back.slice(before, before + rows.length);
        assertWithin(
          rows,
          own,
          largestAround(rows, width).map((row) => row.map((most) => most / 128)),
        );
        assertReported(error, rows, own);
        const foreign = [...back.slice(0, before), ...back.slice(before + rows.length)].flat();
        assert.ok(
          foreign.every((value) => value === 7),
          "other columns stay as they are",
        );
      }),
      { numRuns: 60 },
    );
  });
});

import assert from "node:assert/strict";
import { cosineSimilarity } from "../../src/blocks/semantic-rows.ts";
import type { FloatType } from "../../src/graph/value-types.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise } from "../support/noise.ts";
import { cosine, rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { runValue } from "../support/run-graph.ts";
import type { Result } from "../support/run-graph.ts";

async function similarity(rows: Matrix, floatType: FloatType): Promise<Result> {
  const dims = [1, rows.length, rows[0]?.length ?? 0];
  const feeds = { features: { type: "float", dims, values: rows.flat() } } as const;
  return runValue({ floatType, feeds, build: (graph) => cosineSimilarity(graph, "features") }, "float32");
}

describe("cosineSimilarity", () => {
  for (const floatType of FLOAT_TYPES) {
    it(`compares every pair of rows, whatever their length (${floatType})`, async () => {
      const rows = rowsOf(noise("features", 5 * 6), 6).map((row, index) =>
        row.map((value) => value * 10 ** (index - 2)),
      );
      const expected = rows.map((a) => rows.map((b) => cosine(a, b)));
      assertClose(await similarity(rows, floatType), [5, 5], expected, floatType);
    });

    it(`a row of zeros is similar to nothing, not even itself, and spoils no other row (${floatType})`, async () => {
      const { values } = await similarity(
        [
          [1, 2],
          [0, 0],
          [2, 4],
        ],
        floatType,
      );
      assertClose({ dims: [9], values }, [9], [1, 0, 1, 0, 0, 0, 1, 0, 1], floatType);
    });
  }

  it("takes squares in float32: a half-precision row of 300 does not overflow", async () => {
    const { values } = await similarity([Array.from({ length: 8 }, () => 300)], "float16");
    assert.ok(Math.abs((values[0] ?? 0) - 1) < 1e-5);
  });
});

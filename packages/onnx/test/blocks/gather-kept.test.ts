import assert from "node:assert/strict";
import fc from "fast-check";
import { gatherRows, keptRows } from "../../src/blocks/gather-kept.ts";
import { runGraph, vectorFeed } from "../support/run-graph.ts";

/** Indices of the rows that stay, and the rows themselves; each row's only value is its index. */
async function keep(
  sequence: number,
  span: readonly [number, number],
  kept: readonly number[],
): Promise<readonly number[]> {
  const { rows, left } = await runGraph({
    feeds: {
      hidden: {
        type: "float32",
        dims: [1, sequence, 1],
        values: Array.from({ length: sequence }, (_, row) => row),
      },
      kept: vectorFeed("int64", ...kept),
      span: vectorFeed("int64", ...span),
    },
    build: (graph) => {
      const staying = keptRows(graph, "hidden", "kept", "span");
      graph.output(staying, "rows", "int64", ["rows"]);
      graph.output(gatherRows(graph, "hidden", staying), "left", "float32", [1, "rows", 1]);
    },
  });
  assert.deepEqual(left?.dims, [1, rows?.values.length ?? -1, 1]);
  assert.deepEqual(left.values, rows?.values);
  return rows?.values ?? [];
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe("keptRows", () => {
  it("drops the visual rows that are not kept, and nothing else", async () => {
    assert.deepEqual(await keep(9, [2, 4], [0, 3]), [0, 1, 2, 5, 6, 7, 8]);
  });

  it("keeping all changes nothing", async () => {
    assert.deepEqual(await keep(9, [2, 4], [0, 1, 2, 3]), upTo(9));
  });

  it("without a picture nothing goes, not even the only row of a decode step", async () => {
    assert.deepEqual(await keep(1, [0, 0], []), [0]);
    assert.deepEqual(await keep(5, [0, 0], []), upTo(5));
  });

  it("a picture may stand at either end", async () => {
    assert.deepEqual(await keep(5, [0, 3], [1]), [1, 3, 4]);
    assert.deepEqual(await keep(5, [2, 3], [2]), [0, 1, 4]);
  });

  it("for any span and choice, exactly the other visual rows are gone", async () => {
    const choice = fc
      .record({ before: fc.nat(4), picture: fc.nat(6), after: fc.nat(4) })
      .chain(({ before, picture, after }) =>
        fc
          .subarray(upTo(picture))
          .map((kept) => ({ before, picture, kept, sequence: before + picture + after })),
      );
    await fc.assert(
      fc.asyncProperty(choice, async ({ before, picture, kept, sequence }) => {
        fc.pre(sequence > 0);
        const gone = new Set(
          upTo(picture)
            .filter((index) => !kept.includes(index))
            .map((index) => before + index),
        );
        const expected = upTo(sequence).filter((row) => !gone.has(row));
        assert.deepEqual(await keep(sequence, [before, picture], kept), expected);
      }),
      { numRuns: 30 },
    );
  });
});

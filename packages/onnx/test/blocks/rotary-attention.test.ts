import fc from "fast-check";
import { rotaryAttention } from "../../src/blocks/fused/rotary-attention.ts";
import { seenAttention } from "../../src/blocks/fused/seen-attention.ts";
import { rotatedRows } from "../../src/blocks/fused/whole-attention.ts";
import { rotaryTables } from "../../src/blocks/rotary.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise } from "../support/noise.ts";
import { runGraph, vectorFeed } from "../support/run-graph.ts";
import type { Feed } from "../support/run-graph.ts";

const POSITIONS = 64;

/** Heads that ONNX Runtime rotates itself (16), that its attention takes rotated (8), and that it does not take (6). */
const cases = fc.record({
  keyValueHeads: fc.constantFrom(1, 2),
  group: fc.integer({ min: 1, max: 4 }),
  headSize: fc.constantFrom(6, 8, 16, 32),
  rows: fc.integer({ min: 1, max: 7 }),
  columns: fc.integer({ min: 1, max: 12 }),
  floatType: fc.constantFrom(...FLOAT_TYPES),
});

function numbers(name: string, ...dims: readonly number[]): Feed {
  const size = dims.reduce((product, length) => product * length, 1);
  return { type: "float", dims, values: noise(name, size, 2) };
}

describe("rotaryAttention, open", () => {
  it("sees the cache and all rows, at the places that its tables say, and writes over rows of before", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ keyValueHeads, group, headSize, rows, columns, floatType }) => {
        const heads = keyValueHeads * group;
        const sizes = { heads, keyValueHeads, headSize, hidden: 1, intermediate: 1, epsilon: 1 };
        const width = (heads + 2 * keyValueHeads) * headSize;
        const total = columns + rows;
        // Places of tokens that are gone are gone, too: the cache's numbers are not positions.
        const places = Array.from({ length: total }, (_, place) => 3 * place);
        const result = await runGraph({
          floatType,
          feeds: {
            packed: numbers("packed", 1, rows, width),
            other: numbers("other", 1, rows, width),
            key: numbers("key", 1, keyValueHeads, columns, headSize),
            value: numbers("value", 1, keyValueHeads, columns, headSize),
            places: vectorFeed("int64", ...places),
            lastIndex: vectorFeed("int32", total - 1),
            total: vectorFeed("int32", total),
          },
          build: (graph) => {
            const { constants } = graph;
            const all = rotaryTables(graph, { positions: POSITIONS, headSize, theta: 100 });
            const gathered = (table: string): string =>
              graph.node("Gather", [table, "places"], { attributes: { axis: { int: 0 } } });
            const shared = {
              lengths: { lastIndex: "lastIndex", total: "total" },
              tables: { cosine: gathered(all.cosine), sine: gathered(all.sine) },
              open: true,
            };
            const past = { key: "key", value: "value" };
            const { present } = rotaryAttention(graph, "other", sizes, { ...shared, past });
            const ours = rotaryAttention(graph, "packed", sizes, { ...shared, past: present });
            const positionIds = graph.node("Unsqueeze", [
              graph.node("Slice", ["places", constants.ints(columns), constants.ints(total)]),
              constants.ints(0),
            ]);
            const rotated = rotatedRows(graph, "packed", sizes, { positionIds, tables: all });
            const theirs = seenAttention(graph, rotated, past, sizes);
            graph.output(ours.output, "output", floatType, []);
            graph.output(ours.present.key, "keys", floatType, []);
            graph.output(ours.present.value, "values", floatType, []);
            graph.output(theirs.output, "expected output", floatType, []);
            graph.output(theirs.seen.key, "expected keys", floatType, []);
            graph.output(theirs.seen.value, "expected values", floatType, []);
          },
        });
        for (const name of ["output", "keys", "values"]) {
          const { dims = [], values = [] } = result[`expected ${name}`] ?? {};
          assertClose(result[name], dims, [[...values]], floatType);
        }
      }),
      { numRuns: 40 },
    );
  });
});

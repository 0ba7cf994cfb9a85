import fc from "fast-check";
import { wholeAttention } from "../../src/blocks/fused/whole-attention.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import { attention } from "../support/reference-attention.ts";
import { runValue } from "../support/run-graph.ts";

/** Heads of keys and values, and how many heads of queries share one. */
const cases = fc.record({
  keyValueHeads: fc.constantFrom(1, 1, 2, 3),
  group: fc.integer({ min: 1, max: 4 }),
  headSize: fc.constantFrom(2, 6, 8, 16),
  rows: fc.integer({ min: 1, max: 7 }),
  columns: fc.integer({ min: 1, max: 12 }),
  floatType: fc.constantFrom(...FLOAT_TYPES),
});

describe("wholeAttention", () => {
  it("is attention of every head by itself, whoever shares keys", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ keyValueHeads, group, headSize, rows, columns, floatType }) => {
        const sizes = { heads: keyValueHeads * group, keyValueHeads, headSize };
        const [wide, narrow] = [sizes.heads * headSize, keyValueHeads * headSize];
        const query = noise("query", rows * wide, 2);
        const [key, value] = [noise("key", columns * narrow, 2), noise("value", columns * narrow, 2)];
        const result = await runValue({
          floatType,
          feeds: {
            query: { type: "float", dims: [1, rows, wide], values: query },
            key: { type: "float", dims: [1, columns, narrow], values: key },
            value: { type: "float", dims: [1, columns, narrow], values: value },
          },
          build: (graph) => wholeAttention(graph, { query: "query", key: "key", value: "value" }, sizes),
        });
        const [keys, values] = [rowsOf(key, narrow), rowsOf(value, narrow)];
        const expected = attention(rowsOf(query, wide), keys, values, sizes, false);
        assertClose(result, [1, rows, wide], expected, floatType);
      }),
      { numRuns: 40 },
    );
  });
});

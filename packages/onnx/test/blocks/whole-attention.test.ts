import fc from "fast-check";
import { wholeAttention } from "../../src/blocks/fused/whole-attention.ts";
import { assertClose } from "../support/assert-close.ts";
import { attentionCases } from "../support/attention-cases.ts";
import { noise } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import { attention } from "../support/reference-attention.ts";
import { runValue } from "../support/run-graph.ts";

describe("wholeAttention", () => {
  it("is attention of every head by itself, whoever shares keys", async () => {
    await fc.assert(
      fc.asyncProperty(attentionCases, async ({ sizes, rows, columns, floatType }) => {
        const { heads, keyValueHeads, headSize } = sizes;
        const [wide, narrow] = [heads * headSize, keyValueHeads * headSize];
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

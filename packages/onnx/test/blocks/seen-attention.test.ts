import fc from "fast-check";
import { seenAttention, seenProducts } from "../../src/blocks/fused/seen-attention.ts";
import { assertClose } from "../support/assert-close.ts";
import { attentionCases } from "../support/attention-cases.ts";
import { noise } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { asCache, attention } from "../support/reference-attention.ts";
import { runGraph } from "../support/run-graph.ts";
import type { Feed } from "../support/run-graph.ts";

function feed(values: ArrayLike<number>, ...dims: readonly number[]): Feed {
  return { type: "float", dims, values };
}

for (const attend of [seenAttention, seenProducts])
  it(`${attend.name} is attention to what was there and to all rows, whoever shares keys, and hands on both`, async () => {
    await fc.assert(
      fc.asyncProperty(attentionCases, fc.boolean(), async ({ sizes, rows, columns, floatType }, alone) => {
        const { heads, keyValueHeads, headSize } = sizes;
        const [wide, narrow] = [heads * headSize, keyValueHeads * headSize];
        const query = noise("query", rows * wide, 2);
        const made = (name: string, count: number): Matrix => rowsOf(noise(name, count * narrow, 2), narrow);
        const past = { key: made("past key", columns), value: made("past value", columns) };
        const own = { key: made("key", rows), value: made("value", rows) };
        const cached = (x: Matrix): number[] => asCache(x, keyValueHeads, headSize);
        const result = await runGraph({
          floatType,
          feeds: {
            query: feed(query, 1, rows, wide),
            key: feed(own.key.flat(), 1, rows, narrow),
            value: feed(own.value.flat(), 1, rows, narrow),
            ...(!alone && {
              pastKey: feed(cached(past.key), 1, keyValueHeads, columns, headSize),
              pastValue: feed(cached(past.value), 1, keyValueHeads, columns, headSize),
            }),
          },
          build: (graph) => {
            const before = alone ? null : { key: "pastKey", value: "pastValue" };
            const { output, seen } = attend(
              graph,
              { query: "query", key: "key", value: "value" },
              before,
              sizes,
            );
            graph.output(output, "output", floatType, []);
            graph.output(seen.key, "keys", floatType, []);
            graph.output(seen.value, "values", floatType, []);
          },
        });
        const keys = alone ? own.key : [...past.key, ...own.key];
        const values = alone ? own.value : [...past.value, ...own.value];
        const expected = attention(rowsOf(query, wide), keys, values, sizes, false);
        assertClose(result["output"], [1, rows, wide], expected, floatType);
        const dims = [1, keyValueHeads, keys.length, headSize];
        assertClose(result["keys"], dims, [cached(keys)], floatType);
        assertClose(result["values"], dims, [cached(values)], floatType);
      }),
      { numRuns: 40 },
    );
  });

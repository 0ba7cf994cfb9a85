import { fullAttention } from "../../src/blocks/attention.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import { attention } from "../support/reference-attention.ts";
import { runValue } from "../support/run-graph.ts";

const [BATCH, TOKENS, HEADS] = [2, 5, 3];

describe("fullAttention", () => {
  for (const floatType of FLOAT_TYPES) {
    for (const headSize of [4, 5, 8]) {
      it(`every token sees every token of its own view, head size ${headSize} (${floatType})`, async () => {
        const width = HEADS * headSize;
        const feed = (name: string): { type: "float"; dims: number[]; values: Float32Array } => ({
          type: "float",
          dims: [BATCH, TOKENS, width],
          values: noise(name, BATCH * TOKENS * width, 2),
        });
        const feeds = { query: feed("query"), key: feed("key"), value: feed("value") };
        const result = await runValue({
          floatType,
          feeds,
          build: (graph) =>
            fullAttention(graph, { query: "query", key: "key", value: "value" }, HEADS, headSize),
        });
        const sizes = { heads: HEADS, keyValueHeads: HEADS, headSize };
        const expected = Array.from({ length: BATCH }, (_, view) => {
          const [query = [], key = [], value = []] = Object.values(feeds).map(({ values }) =>
            rowsOf(values, width).slice(view * TOKENS, (view + 1) * TOKENS),
          );
          return attention(query, key, value, sizes, false);
        });
        assertClose(result, [BATCH, TOKENS, width], expected.flat(), floatType);
      });
    }
  }
});

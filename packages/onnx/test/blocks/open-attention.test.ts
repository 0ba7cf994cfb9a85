import { openAttention, rowsTap, splitHeads } from "../../src/blocks/open-attention.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise } from "../support/noise.ts";
import { columnMeans, rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { attention, headMean, probabilities } from "../support/reference-attention.ts";
import { runGraph } from "../support/run-graph.ts";

// As many rows as an action chunk that looks at a longer prompt and at itself.
const [ROWS, COLUMNS] = [3, 7];
/** A column that nobody may see, as those of an absent camera. */
const MASKED = 2;

function open(rows: Matrix): Matrix {
  return rows.filter((_, column) => column !== MASKED);
}

for (const sizes of [
  { heads: 4, keyValueHeads: 2, headSize: 8 },
  { heads: 3, keyValueHeads: 1, headSize: 6 },
]) {
  const { heads, keyValueHeads, headSize } = sizes;
  const [wide, narrow] = [heads * headSize, keyValueHeads * headSize];
  const query = rowsOf(noise("query", ROWS * wide, 2), wide);
  const [key, value] = ["key", "value"].map((name) => rowsOf(noise(name, COLUMNS * narrow, 2), narrow)) as [
    Matrix,
    Matrix,
  ];
  const mask = Array.from({ length: COLUMNS }, (_, column) => (column === MASKED ? -1e9 : 0));

  describe(`openAttention: ${heads} heads over ${keyValueHeads} of size ${headSize}`, () => {
    for (const floatType of FLOAT_TYPES) {
      it(`every row sees every column that is not masked; a tap is the mean of some rows (${floatType})`, async () => {
        const { output, tap } = await runGraph({
          floatType,
          feeds: {
            query: { type: "float", dims: [1, ROWS, wide], values: query.flat() },
            key: { type: "float", dims: [1, COLUMNS, narrow], values: key.flat() },
            value: { type: "float", dims: [1, COLUMNS, narrow], values: value.flat() },
            mask: { type: "float32", dims: [1, COLUMNS], values: mask },
          },
          build: (graph) => {
            const [keys, values] = [splitHeads(graph, "key", sizes), splitHeads(graph, "value", sizes)];
            const attended = openAttention(graph, { query: "query", keys, values }, sizes, "mask");
            const range = (start: number, end: number): { start: string; end: string } => ({
              start: graph.constants.ints(start),
              end: graph.constants.ints(end),
            });
            graph.output(attended.output, "output", floatType, []);
            graph.output(rowsTap(graph, attended.weights, range(1, ROWS), range(1, 4)), "tap", "float32", []);
          },
        });
        const expected = attention(query, open(key), open(value), sizes, false);
        assertClose(output, [1, ROWS, wide], expected, floatType);
        const [one = 0, three = 0] = columnMeans(
          headMean(probabilities(query, open(key), sizes, false)).slice(1),
        ).slice(1, 3);
        assertClose(tap, [1, 3], [one, 0, three], floatType);
      });
    }
  });
}

import { actionTap, attentionMap } from "../../src/blocks/attention-taps.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noiseSequence, runCached } from "../support/cached-attention.ts";
import type { CachedRun } from "../support/cached-attention.ts";
import { headMean, probabilities } from "../support/reference-attention.ts";
import { vectorFeed } from "../support/run-graph.ts";

const TOTAL = 7;
/** Visual columns, neither first nor last. */
const [START, END] = [1, 5];
const columns = { start: "start", end: "end" };
const feeds = {
  start: vectorFeed("int64", START),
  end: vectorFeed("int64", END),
};

const SIZES = [
  { heads: 2, keyValueHeads: 2, headSize: 8 },
  { heads: 4, keyValueHeads: 2, headSize: 8 },
  { heads: 3, keyValueHeads: 1, headSize: 4 },
];

for (const floatType of FLOAT_TYPES) {
  for (const sizes of SIZES) {
    const sequence = noiseSequence(TOTAL, sizes);
    const visual = (causal: boolean): number[][] =>
      headMean(probabilities(sequence.query, sequence.key, sizes, causal)).map((row) =>
        row.slice(START, END),
      );

    describe(`attention taps: ${sizes.heads} heads over ${sizes.keyValueHeads} of size ${sizes.headSize} (${floatType})`, () => {
      for (const past of [0, 4, 6]) {
        it(`actionTap is the last row over the visual columns, ${past} in the cache`, async () => {
          const extend: CachedRun["extend"] = (graph, query, { presentKey }) =>
            graph.output(actionTap(graph, query, presentKey, sizes, columns), "tap", "float32", []);
          const { tap } = await runCached({ sequence, sizes, past, floatType, feeds, extend });
          assertClose(tap, [1, END - START], visual(true).at(-1) ?? [], floatType);
        });
      }

      for (const causal of [true, false]) {
        it(`attentionMap is every row over the visual columns, ${causal ? "causal" : "seeing all"}`, async () => {
          const extend: CachedRun["extend"] = (graph, query, { presentKey }) =>
            graph.output(
              attentionMap(graph, query, presentKey, sizes, columns, causal),
              "map",
              "float32",
              [],
            );
          const { map } = await runCached({ sequence, sizes, past: 0, floatType, feeds, extend });
          assertClose(map, [TOTAL, END - START], visual(causal), floatType);
        });
      }
    });
  }
}

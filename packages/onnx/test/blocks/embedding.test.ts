import assert from "node:assert/strict";
import { embedding } from "../../src/blocks/embedding.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noiseWeights } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import { runValue } from "../support/run-graph.ts";

const weights = noiseWeights({ words: [7, 4] });
const rows = rowsOf(weights.values("words"), 4);

describe("embedding", () => {
  for (const floatType of FLOAT_TYPES) {
    it(`looks rows up, in any order and more than once (${floatType})`, async () => {
      const ids = [6, 0, 3, 3];
      const feeds = { ids: { type: "int64", dims: [1, 4], values: ids } } as const;
      const result = await runValue({
        floatType,
        weights,
        feeds,
        build: (graph) => embedding(graph, "ids", "words", 7, 4),
      });
      assertClose(
        result,
        [1, 4, 4],
        ids.map((id) => rows[id] ?? []),
        floatType,
      );
    });
  }

  it("refuses a table of another vocabulary", async () => {
    const feeds = { ids: { type: "int64", dims: [1, 1], values: [0] } } as const;
    const wrong = runValue({ weights, feeds, build: (graph) => embedding(graph, "ids", "words", 8, 4) });
    await assert.rejects(wrong, { code: "tensor-shape" });
  });
});

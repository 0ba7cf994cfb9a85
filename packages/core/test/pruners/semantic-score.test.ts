import assert from "node:assert/strict";
import { semanticScore } from "../../src/pruners/semantic-score.ts";

const semantic = {
  scores: { prefill: Float32Array.of(0.5, 0.25), last: Float32Array.of(0.125, 0.75) },
  visibleRows: Float32Array.of(8, 2),
  sequence: 8,
};

describe("semanticScore", () => {
  it("is the mean over the rows that see a column when asked to be, else over all", () => {
    assert.deepEqual(semanticScore(semantic, "prefill"), Float32Array.of(0.5, 0.25));
    assert.deepEqual(semanticScore(semantic, "prefill", true), Float32Array.of(0.5, 1));
  });

  it("leaves the model's scores as they were", () => {
    semanticScore(semantic, "prefill", true);
    assert.deepEqual(semantic.scores.prefill, Float32Array.of(0.5, 0.25));
  });
});

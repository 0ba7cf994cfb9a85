import assert from "node:assert/strict";
import { float32Tensor, semanticAttention } from "../../src/adapter/index.ts";

const rows = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);
const outputs = { semantic_attention: float32Tensor(rows, [4, 2]) };

describe("semantic attention, for adapters", () => {
  it("has a score a row, in the order of the graph, each a copy", () => {
    const { scores, visibleRows, sequence } = semanticAttention(outputs, { sequence: 9 });
    assert.deepEqual(Object.keys(scores), ["prefill", "last", "text", "raters"]);
    assert.deepEqual(scores.text, rows.slice(4, 6));
    assert.notEqual(scores.prefill?.buffer, rows.buffer);
    assert.equal(visibleRows, null);
    assert.equal(sequence, 9);
  });

  it("has no scores by words where there are none", () => {
    const { scores } = semanticAttention(outputs, { sequence: 9, hasText: false });
    assert.deepEqual(Object.keys(scores), ["prefill", "last"]);
  });

  it("knows how many rows see each column under a causal mask: the token itself, and those after it", () => {
    const { visibleRows } = semanticAttention(outputs, { sequence: 9, causalFrom: 1 });
    assert.deepEqual(visibleRows, Float32Array.of(8, 7));
  });
});

import assert from "node:assert/strict";
import { float32Tensor, KeyValueCache } from "../../src/adapter/index.ts";
import type { GraphTensor } from "../../src/adapter/index.ts";

/** Outputs of a run after which the cache holds `length` tokens; notes what is disposed. */
function present(length: number, disposed: string[]): Record<string, GraphTensor> {
  const names = ["3.key", "3.value", "4.key", "4.value"];
  const tensor = (name: string): GraphTensor => ({
    type: "float32",
    dims: [1, 2, length, 8],
    data: new Float32Array(16 * length),
    dispose: () => void disposed.push(`${name}@${length}`),
  });
  const outputs = Object.fromEntries(names.map((name) => [`present.${name}`, tensor(name)]));
  return { ...outputs, logits: float32Tensor(new Float32Array(1), [1]) };
}

const make = (): KeyValueCache =>
  new KeyValueCache({ layers: [3, 4], heads: 2, headSize: 8, type: "float32" });
const value = (tensor: GraphTensor | undefined): unknown => [...((tensor?.data ?? []) as Int32Array)];

describe("key/value cache", () => {
  it("starts empty, with a past of no tokens for each of its layers", () => {
    const feeds = make().feeds(5);
    assert.deepEqual(feeds["past_key_values.4.value"]?.dims, [1, 2, 0, 8]);
    assert.equal(Object.keys(feeds).length, 6);
    assert.deepEqual([value(feeds["seqlens_k"]), value(feeds["total_sequence_length"])], [[4], [5]]);
  });

  it("feeds the last run's present as the next one's past, and counts on", () => {
    const cache = make();
    cache.update(present(5, []), 5);
    const feeds = cache.feeds(1);
    assert.deepEqual(feeds["past_key_values.3.key"]?.dims, [1, 2, 5, 8]);
    assert.deepEqual([value(feeds["seqlens_k"]), value(feeds["total_sequence_length"])], [[5], [6]]);
    assert.equal(cache.length, 5);
    assert.ok(!("logits" in feeds));
  });

  it("frees what it replaces, and all it holds at the end, once", () => {
    const disposed: string[] = [];
    const cache = make();
    cache.update(present(5, disposed), 5);
    assert.deepEqual(disposed, []);
    cache.update(present(6, disposed), 1);
    assert.deepEqual(disposed, ["3.key@5", "3.value@5", "4.key@5", "4.value@5"]);
    assert.equal(cache.length, 6);
    cache.dispose();
    cache.dispose();
    assert.equal(disposed.length, 8);
  });
});

import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { readNormStats } from "@vla-pruner/prismatic/convert";

const OWN = { libero: { action: { q01: [0], q99: [1] } } };
const BASE = { bridge: { action: { q01: [-1], q99: [1] } } };

describe("readNormStats", () => {
  it("takes a fine-tune's own statistics over those of the base model", () => {
    assert.deepEqual(
      readNormStats({ files: { "dataset_statistics.json": OWN }, config: { norm_stats: BASE } }),
      OWN,
    );
    assert.deepEqual(readNormStats({ files: {}, config: { norm_stats: BASE } }), BASE);
    assert.deepEqual(readNormStats({ files: {}, config: {} }), {});
  });

  for (const [what, broken] of Object.entries({
    "a number": 3,
    "a list": [],
    "a set without actions": { a: {} },
    "an empty set": { a: null },
  })) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => readNormStats({ files: {}, config: { norm_stats: broken } }),
        hasCode("config-invalid"),
      );
    });
  }
});

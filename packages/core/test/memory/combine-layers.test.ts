import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { combineLayers } from "../../src/memory/combine-layers.ts";
import type { LayerAttention } from "../../src/index.ts";

const keep = Int32Array.of(1, 3);
const taps: LayerAttention[] = [
  { layer: 1, columns: "all", values: Float32Array.of(0.5, 0.25, 0.125, 0.125) },
  { layer: 2, columns: "kept", values: Float32Array.of(0.75, 0.25) },
  { layer: 3, columns: "kept", values: Float32Array.of(0.25, 0.5) },
];

describe("combineLayers", () => {
  it("scatters kept columns back to their places", () => {
    assert.deepEqual(combineLayers(taps, [2], keep, 4), Float32Array.of(0, 0.75, 0, 0.25));
  });

  it("averages the chosen layers, below and above the cut alike", () => {
    assert.deepEqual(combineLayers(taps, [2, 3], keep, 4), Float32Array.of(0, 0.5, 0, 0.375));
    assert.deepEqual(combineLayers(taps, [1, 2], keep, 4), Float32Array.of(0.25, 0.5, 0.0625, 0.1875));
  });

  it("refuses a layer that is not tapped, and names those that are", () => {
    assert.throws(
      () => combineLayers(taps, [2, 15], keep, 4),
      (error) => {
        return hasCode("invalid-option")(error) && /1, 2, 3.*15/.test(String(error));
      },
    );
  });

  it("refuses attention of another length than the tokens it is about", () => {
    assert.throws(() => combineLayers(taps, [2], Int32Array.of(1), 4), hasCode("adapter-mismatch"));
    assert.throws(() => combineLayers(taps, [1], keep, 5), hasCode("adapter-mismatch"));
  });
});

import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import type { VlaBlock } from "@vla-pruner/core";
import { checkOpenVla } from "../src/openvla-vla.ts";

const GOOD = {
  prune_layer: 2,
  tapped_layers: [2, 3],
  action_layers: [3],
  decoder: {
    layers: 4,
    hidden: 8,
    intermediate: 16,
    vocabulary: 100,
    heads: 2,
    key_value_heads: 2,
    head_size: 4,
    positions: 64,
    float_type: "float32",
  },
  image_processor: {
    size: 28,
    strategy: "letterbox",
    fill: [0, 0, 0],
    normalize: [{ mean: [0, 0, 0], std: [1, 1, 1] }],
  },
  action_tokens: { bins: 256, vocabulary: 90 },
  towers: [],
};

describe("checkOpenVla", () => {
  it("passes what convert writes", () => {
    assert.equal(checkOpenVla(GOOD as unknown as VlaBlock), GOOD);
  });

  for (const [what, damage] of Object.entries({
    "no decoder": { decoder: null },
    "an empty decoder": { decoder: {} },
    "a head size of 0": { decoder: { ...GOOD.decoder, head_size: 0 } },
    "no image processor": { image_processor: undefined },
    "an image processor without normalisation": {
      image_processor: { ...GOOD.image_processor, normalize: [] },
    },
    "a way of resizing that is none": { image_processor: { ...GOOD.image_processor, strategy: "stretch" } },
    "a border of no colour": { image_processor: { ...GOOD.image_processor, fill: [] } },
    "no action tokens": { action_tokens: null },
    "a cut behind the last layer": { prune_layer: 4 },
    "a tap behind the last layer": { tapped_layers: [2, 4] },
  })) {
    it(`names ${what}`, () => {
      assert.throws(
        () => checkOpenVla({ ...GOOD, ...damage } as unknown as VlaBlock),
        hasCode("model-invalid"),
      );
    });
  }
});

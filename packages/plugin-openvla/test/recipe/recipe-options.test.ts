import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { planOneView } from "../../src/recipe/recipe-options.ts";

const LAYERS = 5;

describe("openvla conversion options", () => {
  it("cut after three layers and read the latter half, as the paper does", () => {
    const cut = planOneView(LAYERS, {});
    assert.deepEqual(cut, { pruneLayer: 3, actionLayers: [2, 3, 4], tappedLayers: [0, 1, 2, 3, 4] });
    assert.deepEqual(
      planOneView(32, {}).actionLayers,
      Array.from({ length: 16 }, (_, index) => 16 + index),
    );
  });

  it("cut a small model before its last layer", () => {
    assert.equal(planOneView(2, {}).pruneLayer, 1);
  });

  it("take chosen action layers in any order, and tap only those if asked", () => {
    const cut = planOneView(LAYERS, { actionLayers: [4, 0], tapLayers: "action" });
    assert.deepEqual(
      [cut.actionLayers, cut.tappedLayers],
      [
        [0, 4],
        [0, 4],
      ],
    );
  });

  it("do not reorder the caller's list", () => {
    const actionLayers = [4, 0];
    planOneView(LAYERS, { actionLayers });
    assert.deepEqual(actionLayers, [4, 0]);
  });

  for (const pruneLayer of [0, -1, LAYERS, 1.5, Number.NaN]) {
    it(`refuse --prune-layer ${pruneLayer}`, () => {
      assert.throws(() => planOneView(LAYERS, { pruneLayer }), hasCode("invalid-option"));
    });
  }

  it("refuse a model of one layer, which cannot be cut", () => {
    assert.throws(() => planOneView(1, {}), hasCode("invalid-option"));
  });

  for (const actionLayers of [[], [LAYERS], [-1], [1, 1], [0.5], [Number.NaN]]) {
    it(`refuse --action-layers [${actionLayers.join()}]`, () => {
      assert.throws(() => planOneView(LAYERS, { actionLayers }), hasCode("invalid-option"));
    });
  }

  it("refuse a second view", () => {
    assert.throws(() => planOneView(LAYERS, { views: 2 }), hasCode("invalid-option"));
  });

  it("has one action a call, and no denoising steps", () => {
    planOneView(LAYERS, { chunk: 1 });
    for (const options of [{ chunk: 8 }, { steps: 3 }])
      assert.throws(() => planOneView(LAYERS, options), hasCode("invalid-option"));
    assert.equal(planOneView(LAYERS, { views: 1 }).pruneLayer, 3);
  });
});

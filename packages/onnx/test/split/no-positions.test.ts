import assert from "node:assert/strict";
import { splitDecoder } from "../../src/split.ts";
import type { DecoderPlan } from "../support/decoder-plan.ts";
import { randomDecoder } from "../support/random-decoder.ts";

const PLAN: DecoderPlan = {
  layers: 3,
  positions: "none",
  table: false,
  causal: true,
  parallel: false,
  copies: false,
  streams: 1,
  extras: [],
  order: 0,
};

describe("splitDecoder, without positions in the layers above the cut", () => {
  // Numbers of rows that are counted in a way it does not know look the same as none at all.
  it("refuses a decoder that is given none either", () => {
    assert.throws(() => splitDecoder(randomDecoder(PLAN), { layer: 1, fileName: "decoder.onnx" }), {
      code: "graph-invalid",
      message: /the input position_ids below it, found neither/u,
    });
  });
});

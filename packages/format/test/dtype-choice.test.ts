import assert from "node:assert/strict";
import { dtypeOf, inDtypes, sessionFiles } from "../src/index.ts";
import type { VlaBlock } from "../src/index.ts";

const bytes = { graph: 1, data: [10] };
const VLA: VlaBlock = {
  format: 1,
  architecture: "toy",
  dtype: "q8",
  prune_layer: 1,
  action_layers: [1],
  tapped_layers: [1],
  views: 1,
  vision_tokens_per_view: 4,
  norm_stats: {},
  sessions: {
    vision_encoder: { file: "vision_encoder", bytes, dtype: "fp16" },
    act: { file: "act", bytes, variants: { q4: { graph: 2, data: [20, 30] } } },
  },
};

describe("inDtypes", () => {
  it("leaves the model's own dtypes where nothing is chosen", () => {
    assert.deepEqual(inDtypes(VLA, {}), VLA);
    assert.deepEqual(inDtypes(VLA, { act: "q8", "*": "fp16" }), VLA);
  });

  it("takes a session in another dtype that it is there in, files, bytes and all", () => {
    const vla = inDtypes(VLA, { act: "q4" });
    const { act, vision_encoder: vision } = vla.sessions;
    assert.ok(act !== undefined && vision !== undefined);
    assert.deepEqual(sessionFiles(vla, act), [
      { file: "onnx/act_q4.onnx", bytes: 2 },
      { file: "onnx/act_q4.onnx_data", bytes: 20 },
      { file: "onnx/act_q4.onnx_data_1", bytes: 30 },
    ]);
    assert.equal(dtypeOf(vla, vision), "fp16");
  });

  for (const [choice, expected, found] of [
    ["q4", /vision_encoder in a dtype that is there: fp16/u, "q4"],
    [{ act: "q4f16" }, /act in a dtype that is there: q8, q4/u, "q4f16"],
    [{ act: "toString" }, /act in a dtype/u, "toString"],
    [{ head: "q4" }, /vision_encoder, act/u, "head"],
  ] as const) {
    it(`refuses ${JSON.stringify(choice)}, and names what there is`, () => {
      assert.throws(() => inDtypes(VLA, choice), { code: "invalid-option", expected, found });
    });
  }
});

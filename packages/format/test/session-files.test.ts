import assert from "node:assert/strict";
import { dtypeOf, sessionFiles } from "../src/index.ts";

describe("sessionFiles", () => {
  const bytes = { graph: 10, data: [20, 30] };

  it("names the files of a session in the model's dtype, with the bytes that each must have", () => {
    assert.deepEqual(sessionFiles({ dtype: "fp32" }, { file: "act", bytes }), [
      { file: "onnx/act.onnx", bytes: 10 },
      { file: "onnx/act.onnx_data", bytes: 20 },
      { file: "onnx/act.onnx_data_1", bytes: 30 },
    ]);
  });

  it("names them in the session's own dtype where it has one", () => {
    const entry = { file: "act", bytes, dtype: "q4f16" };
    assert.deepEqual(
      sessionFiles({ dtype: "fp16" }, entry).map(({ file }) => file),
      ["onnx/act_q4f16.onnx", "onnx/act_q4f16.onnx_data", "onnx/act_q4f16.onnx_data_1"],
    );
    assert.equal(dtypeOf({ dtype: "fp16" }, entry), "q4f16");
    assert.equal(dtypeOf({ dtype: "fp16" }, {}), "fp16");
  });

  it("has a graph alone where there are no data files", () => {
    const entry = { file: "vision_encoder", bytes: { graph: 1, data: [] } };
    assert.deepEqual(sessionFiles({ dtype: "q8" }, entry), [
      { file: "onnx/vision_encoder_quantized.onnx", bytes: 1 },
    ]);
  });
});

import assert from "node:assert/strict";
import { dtypeOf, DTYPE_SUFFIXES, graphFileName, heardByTransformers, sessionFiles } from "../src/index.ts";

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

describe("heardByTransformers", () => {
  /** Suffixes of files, as transformers.js has them for the dtypes that it knows; for any other it opens a file of fp32. */
  const KNOWN: Readonly<Record<string, string>> = {
    fp32: "",
    fp16: "_fp16",
    q8: "_quantized",
    q4: "_q4",
    q4f16: "_q4f16",
  };

  for (const dtype of Object.keys(DTYPE_SUFFIXES)) {
    it(`${dtype} leads transformers.js to the file that is written`, () => {
      const heard = heardByTransformers("act", dtype);
      assert.equal(`${heard.file}${KNOWN[heard.dtype]}.onnx`, graphFileName("act", dtype));
    });
  }
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { VlaPrunerError } from "@vla-pruner/format";
import { encodeModel } from "../../src/proto/encode-model.ts";
import { summarizeModel } from "../../src/proto/decode-model.ts";
import type { GraphModel } from "../../src/graph/graph-model.ts";

const node = (op: string, index: number): GraphModel["nodes"][number] => ({
  op,
  domain: op === "QuickGelu" ? "com.microsoft" : "",
  name: `${op}.${index}`,
  inputs: ["x"],
  outputs: [`${op}.${index}`],
  attributes: { alpha: { float: 1.5 }, perm: { ints: [1, 0] }, mode: { string: "tanh" }, axis: { int: -1 } },
});

const model: GraphModel = {
  name: "test",
  inputs: [
    { name: "x", type: "float16", dims: [1, "sequence", 8] },
    { name: "scalar", type: "int64", dims: [] },
  ],
  outputs: [{ name: "y", type: "float32", dims: ["kept"] }],
  nodes: [node("Abs", 0), node("Neg", 1), node("QuickGelu", 2), node("Neg", 3)],
  initializers: [
    { name: "inside", type: "float32", dims: [2, 3], storage: { inline: new Uint8Array(24) } },
    {
      name: "outside",
      type: "float16",
      dims: [100_000, 50_000],
      storage: { location: "g.onnx_data", offset: 3_000_000_000, length: 10_000_000_000 },
    },
    { name: "one", type: "int64", dims: [], storage: { inline: new Uint8Array(8) } },
  ],
};

describe("summarizeModel", () => {
  it("tells of a written model what was put in, beyond 2³¹ too", () => {
    assert.deepEqual(summarizeModel(encodeModel(model), "test.onnx"), {
      nodes: 4,
      operators: { Neg: 2, Abs: 1, QuickGelu: 1 },
      inputs: [
        { name: "x", dims: [1, "sequence", 8] },
        { name: "scalar", dims: [] },
      ],
      outputs: [{ name: "y", dims: ["kept"] }],
      parameters: 6 + 5_000_000_000 + 1,
    });
  });

  it("the same model is the same bytes", () => {
    assert.deepEqual(encodeModel(model), encodeModel(structuredClone(model)));
  });

  it("bytes that are no model: model-invalid, with the path", () => {
    for (const bytes of [
      new Uint8Array(0),
      new TextEncoder().encode("<html>not found</html>"),
      encodeModel(model).subarray(0, 40),
    ]) {
      assert.throws(() => summarizeModel(bytes, "some/path.onnx"), {
        code: "model-invalid",
        message: /some\/path\.onnx/,
      });
    }
  });

  it("random bytes fail with model-invalid or are a model", () => {
    const damaged = fc
      .record({ at: fc.nat(encodeModel(model).length - 1), byte: fc.nat(255) })
      .map(({ at, byte }) => {
        const bytes = encodeModel(model);
        bytes[at] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (bytes) => {
        try {
          summarizeModel(bytes, "x");
        } catch (error) {
          assert.ok(VlaPrunerError.is(error, "model-invalid"), String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { VlaModel } from "../../src/index.ts";
import { sessionOptions } from "../../src/runtime/session-options.ts";

describe("sessionOptions", () => {
  it("leaves the number of threads to ONNX Runtime unless one is asked for", () => {
    assert.ok(!("intraOpNumThreads" in sessionOptions("cpu")));
    assert.equal(sessionOptions("cpu", [], 1)["intraOpNumThreads"], 1);
  });

  for (const threads of [0, -1, 1.5, Number.NaN, 5000, "2" as unknown as number]) {
    it(`refuses ${JSON.stringify(threads)} threads, before a model is looked up`, async () => {
      await assert.rejects(VlaModel.from_pretrained("/nowhere", { threads }), hasCode("invalid-option"));
    });
  }

  it("opens CUDA graphs from a directory alone", async () => {
    const device = "cuda-graphs";
    await assert.rejects(VlaModel.from_pretrained("name/model", { device }), (error) => {
      assert.ok(hasCode("invalid-option")(error));
      return /hf download name\/model/u.test(String(error));
    });
    await assert.rejects(VlaModel.from_pretrained(".", { device }), hasCode("device-unavailable"));
  });

  it("keeps buffers on WebGPU alone, and takes nothing but a flag for it", async () => {
    const kept = { executionProviders: [{ name: "webgpu", storageBufferCacheMode: "simple" }] };
    assert.deepEqual({ ...sessionOptions("webgpu"), ...kept }, sessionOptions("webgpu", [], undefined, true));
    assert.deepEqual(sessionOptions("cpu", [], undefined, true), sessionOptions("cpu"));
    const keepBuffers = "yes" as unknown as boolean;
    await assert.rejects(VlaModel.from_pretrained("/nowhere", { keepBuffers }), hasCode("invalid-option"));
  });
});

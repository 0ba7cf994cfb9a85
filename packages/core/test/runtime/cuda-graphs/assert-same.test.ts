import assert from "node:assert/strict";
import { Tensor } from "onnxruntime-common";
import { float32Tensor, int64Tensor } from "../../../src/adapter/index.ts";
import { assertSame } from "../../../src/runtime/cuda-graphs/assert-same.ts";
import { ReadBack } from "../../../src/runtime/cuda-graphs/read-back.ts";
import type { GraphTensor } from "../../../src/runtime/graph-session.ts";
import { HostMemory } from "../../../src/runtime/cuda-graphs/host-memory.ts";

const readBack = new ReadBack(new HostMemory());
const floats = (...values: number[]): GraphTensor =>
  float32Tensor(Float32Array.from(values), [values.length]);
const halves = (...bits: number[]): GraphTensor =>
  new Tensor("float16", Uint16Array.from(bits), [bits.length]);

describe("what a graph gives beside what its kernels give", () => {
  const alike: Readonly<Record<string, readonly [GraphTensor, GraphTensor]>> = {
    "the same": [floats(1, -2, 3), floats(1, -2, 3)],
    "a rounding apart": [floats(1, 1000), floats(1.001, 1000)],
    "not a number in both": [floats(Number.NaN, 1), floats(Number.NaN, 1)],
    infinite: [floats(Infinity, 1), floats(Infinity, 1)],
    zeros: [floats(0, 0), floats(-0, 0)],
    "half precision": [halves(0x3c00, 0xc000), halves(0x3c01, 0xc000)],
    none: [floats(), floats()],
  };
  for (const [name, [graph, kernels]] of Object.entries(alike))
    it(`is taken for the same: ${name}`, () => assertSame({ y: graph }, { y: kernels }, readBack));

  const unlike: Readonly<Record<string, readonly [GraphTensor, GraphTensor]>> = {
    "a number far off": [floats(1, 2, 3), floats(1, 2.1, 3)],
    "all zeros": [floats(0, 0), floats(1e-6, 0)],
    "not a number in one": [floats(Number.NaN, 1), floats(0, 1)],
    "infinite in one": [floats(Infinity, 1), floats(1, 1)],
    "fewer numbers": [floats(1), floats(1, 2)],
    "another token": [int64Tensor([31_000, 5]), int64Tensor([31_001, 5])],
    "half precision": [halves(0x3c00), halves(0x4000)],
  };
  for (const [name, [graph, kernels]] of Object.entries(unlike))
    it(`is refused, by the output's name: ${name}`, () =>
      assert.rejects(assertSame({ y: graph }, { y: kernels }, readBack), /output y /u));

  it("is refused where an output is missing", () =>
    assert.rejects(assertSame({}, { y: floats(1) }, readBack), /output y /u));
});

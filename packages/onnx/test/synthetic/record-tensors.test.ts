import assert from "node:assert/strict";
import { embedding } from "../../src/blocks/embedding.ts";
import { dense, linear } from "../../src/blocks/linear.ts";
import { layerNorm, rmsNorm } from "../../src/blocks/norms.ts";
import { rawTensor } from "../../src/blocks/raw-tensor.ts";
import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import { recordTensors } from "../../src/synthetic/record-tensors.ts";
import { SyntheticSource } from "../../src/synthetic/synthetic-source.ts";
import type { TensorSource } from "../../src/weights/tensor-source.ts";

/** Two graphs that share a tied word table. */
function graphs(checkpoint: TensorSource): GraphBuilder[] {
  const first = new GraphBuilder("first", checkpoint, "float32");
  const ids = first.input("ids", "int64", [1, 2]);
  const x = first.input("x", "float32", [1, 4]);
  embedding(first, ids, "words", 10, 4);
  rmsNorm(first, x, "norm", 4, 1e-6);
  rmsNorm(first, x, "offset", 4, 1e-6, 1);
  const second = new GraphBuilder("second", checkpoint, "float32");
  const y = second.input("y", "float32", [1, 4]);
  layerNorm(second, y, "ln", 4, 1e-6);
  dense(second, y, "fc", 4, 6);
  linear(second, y, { weights: ["words"], input: 4, outputs: [10] });
  second.node("Add", [y, rawTensor(second, "queries", [3, 4], { mean: 2 })]);
  return [first, second];
}

describe("recordTensors", () => {
  it("lists what graphs ask for, with the spread of what it is to them; the first to ask decides", () => {
    assert.deepEqual(Object.fromEntries(recordTensors(graphs)), {
      words: { dims: [10, 4], deviation: 0.5 },
      norm: { dims: [4], mean: 1, deviation: 0.1 },
      offset: { dims: [4], deviation: 0.1 },
      "ln.weight": { dims: [4], mean: 1, deviation: 0.1 },
      "ln.bias": { dims: [4] },
      "fc.weight": { dims: [6, 4] },
      "fc.bias": { dims: [6] },
      queries: { dims: [3, 4], mean: 2 },
    });
  });

  it("makes a checkpoint that the same graphs accept", () => {
    const checkpoint = new SyntheticSource(recordTensors(graphs));
    const read = graphs(checkpoint).flatMap((graph) =>
      graph.build().weights.flatMap(({ plan }) => ("tensors" in plan ? [...plan.tensors] : [])),
    );
    assert.deepEqual([...new Set(read)].toSorted(), checkpoint.names.toSorted());
  });

  it("one name with two shapes: tensor-shape", () => {
    assert.throws(
      () =>
        recordTensors((checkpoint) => {
          const graph = new GraphBuilder("twice", checkpoint, "float32");
          rawTensor(graph, "a", [2]);
          graph.expectTensor("a", [3]);
        }),
      { code: "tensor-shape" },
    );
  });

  it("has no values to write", async () => {
    let kept: TensorSource | undefined;
    recordTensors((checkpoint) => (kept = checkpoint));
    await assert.rejects(async () => kept?.read("a", 0, 1), { code: "internal" });
  });
});

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { float32Tensor, int64Tensor } from "../../../src/adapter/index.ts";
import { openCaptured } from "../../../src/runtime/cuda-graphs/open-captured-session.ts";
import type { GraphTensor } from "../../../src/runtime/graph-session.ts";
import { HostMemory } from "../../../src/runtime/cuda-graphs/host-memory.ts";
import { SQUARE_GRAPH } from "./square-graph.ts";

/** More than are kept at a time, and each more often than a graph is compared with its kernels. */
const SIZES = fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 60 });

describe("a session that is bound to memory", () => {
  for (const captures of [false, true])
    it(`gives what the graph says, whatever shapes follow each other, captured: ${captures}`, async () => {
      await fc.assert(
        fc.asyncProperty(SIZES, async (sizes) => {
          const memory = new HostMemory();
          const session = openCaptured({ graph: SQUARE_GRAPH, memory, captures }, []);
          for (const [step, size] of sizes.entries()) {
            const x = matrix(size, step);
            const { product, sum } = await session.run({ x });
            assert.deepEqual(
              [numbers(product), numbers(sum)],
              [squared(x), Array.from(numbers(x), (value) => 2 * value)],
            );
            assert.deepEqual((product as GraphTensor).dims, [size, size]);
          }
          await session.release();
          assert.equal(memory.allocated, 0);
        }),
        { numRuns: 20 },
      );
    });

  it("does not let runs at the same time write over each other", async () => {
    const session = open();
    const matrices = Array.from({ length: 12 }, (_, step) => matrix(3 + (step % 2), step));
    const outputs = await Promise.all(matrices.map((x) => session.run({ x })));
    assert.deepEqual(
      outputs.map(({ product }) => numbers(product)),
      matrices.map(squared),
    );
    await session.release();
  });

  it("keeps an output on the device until it is disposed, and takes it as an input", async () => {
    const memory = new HostMemory();
    const first = open(memory, ["product"]);
    const second = open(memory);
    for (let step = 0; step < 5; step += 1) {
      const x = matrix(4, step);
      const { product } = (await first.run({ x })) as Record<string, GraphTensor>;
      const later = (await first.run({ x: matrix(4, step + 1) })) as Record<string, GraphTensor>;
      assert.ok(product !== undefined);
      assert.throws(() => product.data, /device/u);
      const { sum } = await second.run({ x: product });
      assert.deepEqual(
        numbers(sum),
        squared(x).map((value) => 2 * value),
      );
      product.dispose();
      product.dispose();
      later["product"]?.dispose();
      await assert.rejects(second.run({ x: product }), /disposed/u);
    }
    await first.release();
    await second.release();
    assert.equal(memory.allocated, 0);
  });

  it("takes no more memory with more steps", async () => {
    const memory = new HostMemory();
    const session = open(memory, ["product"]);
    const step = async (index: number): Promise<void> => {
      const outputs = (await session.run({ x: matrix(5, index) })) as Record<string, GraphTensor>;
      outputs["product"]?.dispose();
    };
    for (let index = 0; index < 5; index += 1) await step(index);
    const settled = memory.allocated;
    for (let index = 0; index < 50; index += 1) await step(index);
    assert.equal(memory.allocated, settled);
    await session.release();
  });

  it("refuses what does not fit the graph, and goes on with what does", async () => {
    const memory = new HostMemory();
    const session = open(memory);
    const x = matrix(2, 0);
    for (let round = 0; round < 4; round += 1) {
      await assert.rejects(session.run({}), /x: no such input/u);
      await assert.rejects(session.run({ x: int64Tensor([1, 2, 3, 4], [2, 2]) }), /data type/u);
      await assert.rejects(
        session.run({ x: float32Tensor(Float32Array.of(1, 2, 3, 4), [4]) }),
        /rank|[Dd]imension/u,
      );
      assert.deepEqual(numbers((await session.run({ x })).product as GraphTensor), squared(x));
    }
    await session.release();
    assert.equal(memory.allocated, 0);
  });

  it("says why a graph cannot be opened", () => {
    const memory = new HostMemory();
    assert.throws(() => openCaptured({ graph: "/nowhere.onnx", memory, captures: true }, []), /nowhere/u);
    assert.throws(
      () => openCaptured({ graph: Uint8Array.of(1, 2), memory, captures: true }, []),
      /protobuf/iu,
    );
  });

  it("is freed after the runs that are under way", async () => {
    const memory = new HostMemory();
    const session = open(memory);
    const running = session.run({ x: matrix(3, 0) });
    await session.release();
    assert.equal(memory.allocated, 0);
    assert.deepEqual(numbers((await running).product as GraphTensor), squared(matrix(3, 0)));
  });
});

function open(memory = new HostMemory(), stays: readonly string[] = []): ReturnType<typeof openCaptured> {
  return openCaptured({ graph: SQUARE_GRAPH, memory, captures: true }, stays);
}

/** Small whole numbers: their products are exact. */
function matrix(size: number, seed: number): GraphTensor {
  const values = Float32Array.from({ length: size * size }, (_, place) => ((place * 7 + seed * 13) % 19) - 9);
  return float32Tensor(values, [size, size]);
}

function squared(x: GraphTensor): number[] {
  const [size = 0] = x.dims;
  const values = numbers(x);
  return Array.from({ length: size * size }, (_, place) => {
    const [row, column] = [Math.floor(place / size), place % size];
    let total = 0;
    for (let inner = 0; inner < size; inner += 1)
      total += (values[row * size + inner] ?? 0) * (values[inner * size + column] ?? 0);
    return total;
  });
}

function numbers(tensor: unknown): number[] {
  return Array.from((tensor as GraphTensor).data as Float32Array);
}

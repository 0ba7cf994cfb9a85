import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { linear } from "../../src/blocks/linear.ts";
import { weightBytes, writeGraph } from "../../src/convert/write-graph.ts";
import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import { linear as referenceLinear, rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { runValue } from "../support/run-graph.ts";
import { withFolder } from "../support/temporary-folder.ts";

const SIZE = 40;
const NAMES = ["a", "b", "c", "d"];
const weights = noiseWeights(Object.fromEntries(NAMES.map((name) => [name, [SIZE, SIZE]])));

function chain(graph: GraphBuilder): string {
  return NAMES.reduce(
    (value, name) => linear(graph, value, { weights: [name], input: SIZE, outputs: [SIZE] }),
    "x",
  );
}

describe("writeGraph", () => {
  for (const floatType of FLOAT_TYPES) {
    it(`a model whose weights span several files gives the right numbers (${floatType})`, async () => {
      const x = noise("x", 2 * SIZE);
      const feeds = { x: { type: "float", dims: [2, SIZE], values: x } } as const;
      const expected = NAMES.reduce(
        (rows: Matrix, name) => referenceLinear(rows, rowsOf(weights.values(name), SIZE)),
        rowsOf(x, SIZE),
      );
      // Room for one and a half matrices, then for less than one.
      for (const fileLimit of [9600, 100]) {
        const result = await runValue({ floatType, weights, feeds, fileLimit, build: chain });
        assertClose(result, [2, SIZE], expected, floatType);
      }
    });
  }

  it("reports the bytes that lie on disk, and progress that adds up to what was announced", async () => {
    await withFolder(async (folder) => {
      const graph = new GraphBuilder("test", weights, "float16");
      graph.input("x", "float16", [2, SIZE]);
      graph.output(chain(graph), "y", "float16", [2, SIZE]);
      const planned = graph.build();
      const progress: number[] = [];
      const options = { fileLimit: 7000, onBytes: (count: number) => progress.push(count) };
      const sizes = await writeGraph(planned, weights, folder, "g_fp16.onnx", options);
      const sizeOnDisk = async (name: string): Promise<number> => (await stat(join(folder, name))).size;
      assert.deepEqual((await readdir(folder)).toSorted(), [
        "g_fp16.onnx",
        "g_fp16.onnx_data",
        "g_fp16.onnx_data_1",
      ]);
      assert.equal(sizes.graph, await sizeOnDisk("g_fp16.onnx"));
      assert.deepEqual(sizes.data, [
        await sizeOnDisk("g_fp16.onnx_data"),
        await sizeOnDisk("g_fp16.onnx_data_1"),
      ]);
      assert.equal(weightBytes(planned), 4 * SIZE * SIZE * 2);
      assert.deepEqual(
        progress,
        NAMES.map(() => SIZE * SIZE * 2),
      );
    });
  });
});

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { decodeModel, isExternal } from "../../src/proto/edit-model.ts";
import type { NodeProto, TensorProto } from "../../src/proto/edit-model.ts";
import { splitDecoder } from "../../src/split.ts";

const FIXTURES = join(import.meta.dirname, "../../../transformers/test/fixtures");
/** Smaller constants are in the parts themselves. */
const SMALL = 1024;

/** Where a tensor's bytes lie. */
interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

describe("weights of the two parts of a decoder", () => {
  const files = readdirSync(FIXTURES).flatMap((layout) =>
    readdirSync(join(FIXTURES, layout))
      .filter((name) => name.endsWith(".onnx.gz"))
      .map((name) => ({ layout, name: name.slice(0, -3) })),
  );

  it("are in files beside a graph, and within one", () => {
    const beside = files.filter(({ layout, name }) => existsSync(join(FIXTURES, layout, `${name}_data.gz`)));
    assert.ok(beside.length > 0 && beside.length < files.length);
  });

  for (const { layout, name } of files) {
    it(`lie where the stock decoder has them, each in one part, but for tables of angles: ${layout}, ${name}`, () => {
      const bytes = gunzipSync(readFileSync(join(FIXTURES, layout, `${name}.gz`)));
      const { initializer } = decodeModel(bytes, name).graph;
      const stock = new Map(initializer.map((tensor) => [tensor.name, placeOf(tensor, bytes, name)]));
      for (const cut of ["boundary", "early"] as const) {
        const { head, tail } = splitDecoder(bytes, { layer: 2, cut, fileName: name });
        const parts = [head, tail].map((part) => decodeModel(part.bytes, "a part").graph);
        const referred = parts.map((graph) => {
          const outside = graph.initializer.filter(isExternal);
          for (const tensor of outside)
            assert.deepEqual(placeOf(tensor, bytes, name), stock.get(tensor.name));
          for (const tensor of graph.initializer)
            assert.ok(isExternal(tensor) || tensor.rawData.length < SMALL, `${tensor.name} is copied`);
          return new Map(outside.map((tensor) => [tensor.name, placeOf(tensor, bytes, name).length]));
        });
        const both = [...(referred[0]?.keys() ?? [])].filter((tensor) => referred[1]?.has(tensor));
        const nodes = parts.flatMap(({ node }) => node);
        for (const tensor of both) assert.ok(isTable(nodes, tensor), `${tensor} is read by both parts`);
        const tables = sum(both.map((tensor) => stock.get(tensor)?.length ?? 0));
        const all = sum([...stock.values()].map(({ length }) => length));
        assert.ok(sum(referred.flatMap((part) => [...part.values()])) <= all + tables);
        assert.equal(head.referred, sum(referred[0]?.values() ?? []));
        assert.equal(tail.referred, sum(referred[1]?.values() ?? []));
      }
    });
  }
});

function sum(lengths: Iterable<number>): number {
  return [...lengths].reduce((total, length) => total + length, 0);
}

function placeOf(tensor: TensorProto, bytes: Uint8Array, name: string): Place {
  const entry = (key: string): string => tensor.externalData.find((pair) => pair.key === key)?.value ?? "";
  if (isExternal(tensor))
    return { file: entry("location"), offset: Number(entry("offset")), length: Number(entry("length")) };
  const { rawData } = tensor;
  return { file: name, offset: rawData.byteOffset - bytes.byteOffset, length: rawData.length };
}

/** Whether all that reads a tensor turns hidden states by it. */
function isTable(nodes: readonly NodeProto[], tensor: string): boolean {
  const readers = nodes.filter(({ input }) => input.includes(tensor));
  return readers.every(
    ({ opType, input }) =>
      opType === "RotaryEmbedding" || (opType === "GroupQueryAttention" && input.indexOf(tensor) >= 7),
  );
}

import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import { embedding } from "../../src/blocks/embedding.ts";
import { linear } from "../../src/blocks/linear.ts";
import { rmsNorm } from "../../src/blocks/norms.ts";
import { rotaryTables, rotate } from "../../src/blocks/rotary.ts";
import { assertClose } from "../support/assert-close.ts";
import { MapSource } from "../support/map-source.ts";
import { noiseWeights } from "../support/noise.ts";
import * as reference from "../support/reference.ts";
import { runValue } from "../support/run-graph.ts";

const weights = noiseWeights({ table: [5, 3], scale: [3] });

function builder(): GraphBuilder {
  return new GraphBuilder("test", weights, "float32");
}

describe("GraphBuilder weights", () => {
  it("a weight that is asked for twice is stored once", () => {
    const graph = builder();
    const x = graph.input("x", "float32", [1, 2, 6]);
    const ids = graph.input("ids", "int64", [1, 2]);
    for (let time = 0; time < 2; time += 1) {
      rmsNorm(graph, x, "scale", 3, 1e-5);
      rotate(graph, x, ids, rotaryTables(graph, { positions: 4, headSize: 6, theta: 100 }), 1);
    }
    assert.deepEqual(
      graph.build().weights.map(({ name }) => name),
      ["scale", "rotary.cosine", "rotary.sine"],
    );
  });

  it("two different weights must not share a name: the first would change under its user", () => {
    for (const second of [
      (graph: GraphBuilder) => rmsNorm(graph, "x", "scale", 3, 1e-5, 1),
      (graph: GraphBuilder) =>
        graph.weight("scale", { kind: "computed", values: new Float32Array(3), dims: [3] }),
      (graph: GraphBuilder) =>
        graph.weight("scale", { kind: "copied", tensors: ["scale"], dims: [3], plus: 0 }, "float16"),
    ]) {
      const graph = builder();
      rmsNorm(graph, "x", "scale", 3, 1e-5);
      assert.throws(() => second(graph), { code: "internal", message: /scale/ });
    }
    const graph = builder();
    rotaryTables(graph, { positions: 4, headSize: 6, theta: 100 });
    assert.throws(() => rotaryTables(graph, { positions: 4, headSize: 6, theta: 200 }), { code: "internal" });
  });

  it("a word table may also be the output matrix of the same graph", async () => {
    const ids = [4, 0];
    const feeds = { ids: { type: "int64", dims: [1, 2], values: ids } } as const;
    const result = await runValue({
      weights,
      feeds,
      build: (graph) =>
        linear(graph, embedding(graph, "ids", "table", 5, 3), { weights: ["table"], input: 3, outputs: [5] }),
    });
    const table = reference.rowsOf(weights.values("table"), 3);
    assertClose(
      result,
      [1, 2, 5],
      reference.linear(
        ids.map((id) => table[id] ?? []),
        table,
      ),
    );
  });

  it("constants are stored once each, and types apart", () => {
    const { constants } = builder();
    const names = [
      constants.ints(1, 2),
      constants.ints(1, 2),
      constants.int(1),
      constants.ints(1),
      constants.float(1),
      constants.float(1, "float16"),
    ];
    assert.equal(new Set(names).size, 5);
    assert.deepEqual(
      constants.initializers().map(({ type, dims }) => [type, dims]),
      [
        ["int64", [2]],
        ["int64", []],
        ["int64", [1]],
        ["float32", []],
        ["float16", []],
      ],
    );
  });
});

describe("GraphBuilder.expectTensor", () => {
  it("gives back the dims of a tensor that is as expected", () => {
    assert.deepEqual(builder().expectTensor("table", [5, 3]), [5, 3]);
  });

  it("a tensor that is not there: tensor-missing, with name and dims", () => {
    assert.throws(() => builder().expectTensor("absent", [5, 3]), {
      code: "tensor-missing",
      message: /absent \[5,3\]/,
    });
  });

  it("a tensor of another shape: tensor-shape, with both shapes", () => {
    for (const dims of [[3, 5], [5, 3, 1], [15], []]) {
      assert.throws(() => builder().expectTensor("table", dims), {
        code: "tensor-shape",
        expected: `tensor table of shape ${JSON.stringify(dims)}`,
        found: "[5,3]",
      });
    }
  });
});

function fail(): never {
  throw new Error("no");
}

describe("GraphBuilder scopes", () => {
  it("name what is made inside them, nest, and end even when building fails", () => {
    const graph = new GraphBuilder("test", new MapSource(), "float32");
    const inner = graph.scope("layer", () => graph.scope("norm", () => graph.node("Abs", ["x"])));
    assert.match(inner, /^layer\/norm\/Abs\./);
    assert.throws(() => graph.scope("broken", fail), /no/);
    assert.match(graph.node("Abs", ["x"]), /^Abs\./);
  });

  it("no two values share a name, in the same scope or another", () => {
    const graph = new GraphBuilder("test", new MapSource(), "float32");
    const make = (): string[] => [graph.node("Abs", ["x"]), ...graph.nodes("Split", ["x"], 2)];
    const names = [...make(), ...make(), ...graph.scope("a", make), ...graph.scope("a", make)];
    assert.equal(new Set(names).size, names.length);
  });
});

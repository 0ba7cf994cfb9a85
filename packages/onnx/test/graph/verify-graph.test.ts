import assert from "node:assert/strict";
import { writeGraph } from "../../src/convert/write-graph.ts";
import { ABSENT } from "../../src/graph/absent.ts";
import type { PlannedGraph } from "../../src/graph/graph-model.ts";
import type { GraphNode, Subgraph } from "../../src/graph/graph-model.ts";
import { verifyGraph } from "../../src/graph/verify-graph.ts";
import { loadGraph } from "../support/load-graph.ts";
import { MapSource } from "../support/map-source.ts";
import { smallGraph } from "../support/small-graph.ts";
import { withFolder } from "../support/temporary-folder.ts";

/** A graph with a branch, its second side changed. */
function withElse(graph: Subgraph): PlannedGraph {
  const whole = smallGraph((builder) =>
    builder.branch(
      "taken",
      "float32",
      [2],
      () => "x",
      () => "x",
    ),
  );
  const changed = (node: GraphNode): GraphNode =>
    node.op === "If" ? { ...node, attributes: { ...node.attributes, else_branch: { graph } } } : node;
  return { ...whole, nodes: whole.nodes.map(changed) };
}

describe("verifyGraph", () => {
  const good = smallGraph((graph) => graph.node("Relu", [graph.node("Relu", ["x"])]));
  const [first, second] = good.nodes;
  assert.ok(first && second);
  const changes: readonly [string, PlannedGraph, RegExp][] = [
    [
      "a value made twice",
      { ...good, nodes: [first, { ...first, name: "again" }] },
      /one value .*Relu\.0.* again/,
    ],
    ["a node of a name that is taken", { ...good, nodes: [first, { ...second, name: first.name }] }, /two/],
    [
      "an input made twice",
      { ...good, inputs: [...good.inputs, ...good.inputs] },
      /name x, found another as input/,
    ],
    [
      "a value without a name",
      { ...good, nodes: [{ ...first, outputs: [""] }] },
      /output 0 of node Relu\.0.* found an empty one/,
    ],
    ["an output that nobody makes", { ...good, nodes: [first, second] }, /output y of graph small/],
    [
      "a branch that gives a value of the graph around it",
      withElse({ name: "side", nodes: [], outputs: [{ name: "x", type: "float32", dims: [2] }] }),
      /outputs of else_branch of node If\.\d+.* found x/,
    ],
    [
      "branches of different types",
      withElse({
        name: "side",
        nodes: [{ ...first, op: "Shape", name: "shape", outputs: ["shape"] }],
        outputs: [{ name: "shape", type: "int64", dims: [1] }],
      }),
      /subgraphs of node If\.\d+.* found float32 and int64/,
    ],
  ];
  for (const [offence, graph, message] of changes) {
    it(`refuses ${offence}`, () => {
      assert.throws(() => verifyGraph(graph), { code: "graph-invalid", message });
    });
  }

  it("a graph made by hand is refused before anything is written", async () => {
    await withFolder(async (folder) => {
      const wrong = { ...good, nodes: [second] };
      // A folder that is not there: writing would fail otherwise.
      await assert.rejects(writeGraph(wrong, new MapSource(), `${folder}/none`, "x.onnx"), {
        code: "graph-invalid",
      });
    });
  });

  it("takes an operator that the table does not know with a spec of its own, and holds it to that", () => {
    const spec = { types: { T: ["float32"] }, inputs: { input: "T" }, outputs: { output: "T" } } as const;
    smallGraph((graph) => graph.node("Tanh", ["x"], { spec }));
    assert.throws(() => smallGraph((graph) => graph.node("Tanh", ["half"], { spec })), {
      code: "graph-invalid",
    });
    // The table has the last word.
    assert.throws(() => smallGraph((graph) => graph.node("Relu", ["x", "x"], { spec })), {
      code: "graph-invalid",
    });
  });

  it("absent inputs in the middle and at the end load in ONNX Runtime", async () => {
    await loadGraph(
      smallGraph((graph) => {
        const rows = graph.input("rows", "float32", [1, 2, 8]);
        const mask = graph.input("mask", "float32", [1, 2, 2, 2]);
        const options = { domain: "com.microsoft", attributes: { num_heads: { int: 2 } } } as const;
        const inputs = [rows, rows, rows, ABSENT, ABSENT, mask];
        const attended = graph.node("MultiHeadAttention", inputs, options);
        return graph.node("LayerNormalization", [attended, graph.input("scale", "float32", [8]), ABSENT]);
      }),
    );
  });
});

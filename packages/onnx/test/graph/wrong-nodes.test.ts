import assert from "node:assert/strict";
import { ABSENT } from "../../src/graph/absent.ts";
import type { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { Attribute } from "../../src/graph/graph-model.ts";
import { smallGraph } from "../support/small-graph.ts";

function relu(attributes: Readonly<Record<string, Attribute>>) {
  return (graph: GraphBuilder): string => graph.node("Relu", ["x"], { attributes });
}

function gelu(approximate: Attribute) {
  return (graph: GraphBuilder): string => graph.node("Gelu", ["x"], { attributes: { approximate } });
}

/** What is wrong, how it is made, and what the refusal says. */
const MUTANTS: readonly [string, (graph: GraphBuilder) => string, RegExp][] = [
  [
    "two float types in one product",
    (graph) => graph.scope("layer", () => graph.node("MatMul", ["x", "half"])),
    /input 1 \(B\) of node layer\/MatMul\.0 \(MatMul\) in graph small of type float32 as input 0 \(A\), found float16, value half; cast/,
  ],
  [
    "a type of another class",
    (graph) => graph.node("Relu", ["ids"]),
    /input 0 \(X\).* float32 or float16, found int64/,
  ],
  [
    "a fixed type",
    (graph) => graph.node("Where", ["x", "x", "x"]),
    /input 0 \(condition\).* bool, found float32/,
  ],
  [
    "an unknown operator",
    (graph) => graph.node("Rleu", ["x"]),
    /node Rleu\.0 \(Rleu\) in graph small, found Rleu/,
  ],
  [
    "an operator of the other domain",
    (graph) => graph.node("QuickGelu", ["x"]),
    /QuickGelu\.0.* found QuickGelu of domain ""/,
  ],
  ["a name of Object's", (graph) => graph.node("constructor", ["x"]), /constructor\.0/],
  [
    "a value that nobody made",
    (graph) => graph.node("Relu", ["nobody"]),
    /input 0 \(X\) of node Relu\.0.* found nobody/,
  ],
  [
    "a value that is made later",
    (graph) => graph.node("Add", [graph.node("Relu", ["Relu.1"]), graph.node("Relu", ["x"])]),
    /node Relu\.0 .* found Relu\.1/,
  ],
  [
    "an empty name",
    (graph) => graph.node("Add", ["x", ""]),
    /input 1 \(B\) of node Add\.0.* found an empty name/,
  ],
  [
    "an empty name where ABSENT is legal",
    (graph) => graph.node("Slice", ["x", "ids", "ids", ""]),
    /input 3 \(axes\) of node Slice\.0.* found an empty name.* ABSENT/,
  ],
  [
    "ABSENT in place of a value",
    (graph) => graph.node("Add", [ABSENT, "x"]),
    /input 0 \(A\) of node Add\.0.* found none/,
  ],
  ["too few inputs", (graph) => graph.node("Add", ["x"]), /input 1 \(B\) of node Add\.0.* found none/],
  [
    "no input of any number",
    (graph) => graph.node("Max", []),
    /input 0 \(data_0\) of node Max\.0.* found none/,
  ],
  ["too many inputs", (graph) => graph.node("Relu", ["x", "x"]), /1 inputs of node Relu\.0 .* found 2/],
  [
    "too many outputs",
    (graph) => graph.nodes("Relu", ["x"], 2)[1] ?? "",
    /1 outputs of node Relu\.0 .* found 2/,
  ],
  ["no outputs", (graph) => String(graph.nodes("Split", ["x"], 0)), /outputs of node Split\.0 .* found 0/],
  ["an unknown attribute", relu({ alpha: { float: 1 } }), /attributes of node Relu\.0 .*: none, found alpha/],
  ["an attribute of another kind", gelu({ int: 1 }), /attribute approximate of node Gelu\.0.* found int 1/],
  [
    "an attribute's illegal value",
    gelu({ string: "tan" }),
    /approximate of node Gelu\.0.* none, tanh, found string tan/,
  ],
  [
    "a missing attribute",
    (graph) => graph.node("Concat", ["x", "x"]),
    /attribute axis of node Concat\.0.* found none/,
  ],
  [
    "half a number",
    (graph) => graph.node("Concat", ["x"], { attributes: { axis: { int: 0.5 } } }),
    /attribute axis of node Concat\.0.* found int 0\.5/,
  ],
  [
    "a cast to a type that nobody knows",
    (graph) => graph.node("Cast", ["x"], { attributes: { to: { int: 0 } } }),
    /attribute to of node Cast\.0.* found int 0/,
  ],
  ["an output of another type", () => "half", /output y of graph small of type float32, found float16/],
  [
    "a wrong node inside a branch",
    (graph) =>
      graph.branch(
        "taken",
        "float32",
        [2],
        () => graph.node("Add", ["x", "half"]),
        () => "x",
      ),
    /input 1 \(B\) of node Add\.0 \(Add\) in then_branch of node If\.\d+ \(If\) in graph small/,
  ],
  [
    "a branch of another type than it says",
    (graph) =>
      graph.branch(
        "taken",
        "float32",
        [2],
        () => "x",
        () => "half",
      ),
    /output Identity\.1 of else_branch of node If\.\d+.* float32, found float16/,
  ],
  [
    "a condition that is none",
    (graph) =>
      graph.branch(
        "x",
        "float32",
        [2],
        () => "x",
        () => "x",
      ),
    /input 0 \(cond\) of node If\.\d+.* bool, found float32/,
  ],
  [
    "a value of one branch in the other",
    (graph) => {
      let inner = "";
      const make = (): string => (inner = graph.node("Relu", ["x"]));
      return graph.branch("taken", "float32", [2], make, () => graph.node("Relu", [inner]));
    },
    /input 0 \(X\) of node Relu\.\d .* in else_branch/,
  ],
  [
    "a weight that nobody reads",
    (graph) => {
      graph.weight("left over", { kind: "computed", values: new Float32Array(2), dims: [2] });
      return "x";
    },
    /reads its weight left over/,
  ],
];

describe("a graph with one wrong node is refused, and the node named", () => {
  for (const [offence, build, message] of MUTANTS) {
    it(offence, () => {
      assert.throws(() => smallGraph(build), { code: "graph-invalid", message });
    });
  }
});

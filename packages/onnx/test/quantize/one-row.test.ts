import assert from "node:assert/strict";
import { linear } from "../../src/blocks/linear.ts";
import type { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { PlannedGraph } from "../../src/graph/graph-model.ts";
import { quantizeGraph } from "../../src/quantize/quantize-graph.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import { runGraph } from "../support/run-graph.ts";

const WIDTH = 80;
const weights = noiseWeights({ a: [48, WIDTH] });

function relativeDistance(found: readonly number[], wanted: readonly number[]): number {
  const off = wanted.reduce((sum, value, index) => sum + (value - (found[index] ?? Number.NaN)) ** 2, 0);
  return Math.sqrt(off / wanted.reduce((sum, value) => sum + value ** 2, 0));
}

describe("quantizeGraph, where products are over many rows and over one", () => {
  it("quantises products of one row alone where it is told so, in branches, too, and keeps the matrix for the others", async () => {
    const x = noise("x", WIDTH);
    const feeds = {
      x: { type: "float", dims: [1, WIDTH], values: x },
      taken: { type: "bool", dims: [1], values: [1] },
    } as const;
    const build = (graph: GraphBuilder): void => {
      const product = (): string => linear(graph, "x", { weights: ["a"], input: WIDTH, outputs: [48] });
      const inside = (one: () => string): string =>
        graph.branch("taken", "float32", [1, 48], one, () => graph.node("Add", [product(), product()]));
      graph.output(product(), "many", "float32", []);
      graph.output(
        graph.oneRow(() => inside(product)),
        "one",
        "float32",
        [],
      );
      graph.output(
        inside(() => product()),
        "after",
        "float32",
        [],
      );
    };
    const format = { kind: "int4", block: 32 } as const;
    const change = (graph: PlannedGraph): PlannedGraph => quantizeGraph(graph, format, "one");
    const { many, one, after } = await runGraph({ weights, feeds, build, change });
    const exact = await runGraph({ weights, feeds, build });
    assert.deepEqual(many?.values, exact["many"]?.values);
    assert.deepEqual(after?.values, exact["after"]?.values);
    const off = relativeDistance(one?.values ?? [], exact["one"]?.values ?? []);
    assert.ok(off > 0.01 && off < 0.12, String(off));
  });
});

import assert from "node:assert/strict";
import { foldedLinear, linear } from "../../src/blocks/linear.ts";
import type { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { PlannedGraph } from "../../src/graph/graph-model.ts";
import { quantizeGraph } from "../../src/quantize/quantize-graph.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import { runGraph } from "../support/run-graph.ts";

const [ROWS, INPUT, OUTPUT] = [3, 256, 24];
const weights = noiseWeights({ a: [OUTPUT, INPUT] });
const x = noise("x", ROWS * INPUT);
const feeds = { x: { type: "float", dims: [1, ROWS, INPUT], values: x } } as const;

const build =
  (parts: number) =>
  (graph: GraphBuilder): void => {
    const folded = foldedLinear(graph, "x", { weight: "a", input: INPUT, output: OUTPUT }, parts);
    graph.output(folded, "folded", "float32", []);
    const whole = linear(graph, "x", { weights: ["a"], input: INPUT, outputs: [OUTPUT] });
    graph.output(whole, "whole", "float32", []);
  };
const asIs = (graph: PlannedGraph): PlannedGraph => graph;
const int4 = (graph: PlannedGraph): PlannedGraph => quantizeGraph(graph, { kind: "int4", block: 32 });

describe("foldedLinear", () => {
  for (const parts of [1, 2, 4])
    it(`is the product as it is, in ${parts} part(s), and has the same numbers in int4`, async () => {
      for (const [change, tolerance] of [
        [asIs, 1e-5],
        [int4, 2e-2], // rows are taken for bytes there
      ] as const) {
        const { folded, whole } = await runGraph({ weights, feeds, build: build(parts), change });
        assert.deepEqual(folded?.dims, [1, ROWS, OUTPUT]);
        for (const [index, value] of whole?.values.entries() ?? [])
          assert.ok(Math.abs(value - (folded.values[index] ?? Number.NaN)) <= tolerance, `number ${index}`);
      }
    });
});

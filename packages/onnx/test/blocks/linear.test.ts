import assert from "node:assert/strict";
import { linear, split } from "../../src/blocks/linear.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import * as reference from "../support/reference.ts";
import { runGraph, runValue } from "../support/run-graph.ts";

const x = noise("x", 2 * 3 * 5);
const weights = noiseWeights({ a: [4, 5], b: [2, 5], "a.bias": [4], "b.bias": [2] });

describe("linear", () => {
  for (const floatType of FLOAT_TYPES) {
    const feeds = { x: { type: "float", dims: [2, 3, 5], values: x } } as const;

    it(`multiplies by the transposed weight (${floatType})`, async () => {
      const spec = { weights: ["a"], input: 5, outputs: [4] };
      const result = await runValue({
        floatType,
        weights,
        feeds,
        build: (graph) => linear(graph, "x", spec),
      });
      const a = reference.rowsOf(weights.values("a"), 5);
      assertClose(result, [2, 3, 4], reference.linear(reference.rowsOf(x, 5), a), floatType);
    });

    it(`fuses weights of different sizes side by side, biases too, and splits them again (${floatType})`, async () => {
      const spec = { weights: ["a", "b"], biases: ["a.bias", "b.bias"], input: 5, outputs: [4, 2] };
      const results = await runGraph({
        floatType,
        weights,
        feeds,
        build: (graph) => {
          for (const [index, part] of split(graph, linear(graph, "x", spec), [4, 2]).entries()) {
            graph.output(part, ["a", "b"][index] ?? "", floatType, []);
          }
        },
      });
      for (const [name, size] of [
        ["a", 4],
        ["b", 2],
      ] as const) {
        const weight = reference.rowsOf(weights.values(name), 5);
        const expected = reference.linear(reference.rowsOf(x, 5), weight, weights.values(`${name}.bias`));
        assertClose(results[name], [2, 3, size], expected, floatType);
      }
    });
  }

  it("refuses a weight whose output size is not the one given", async () => {
    const spec = { weights: ["a", "b"], input: 5, outputs: [2, 4] };
    const feeds = { x: { type: "float", dims: [2, 3, 5], values: x } } as const;
    const wrong = runValue({ weights, feeds, build: (graph) => linear(graph, "x", spec) });
    await assert.rejects(wrong, { code: "tensor-shape" });
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlannedGraph } from "../../src/graph/graph-model.ts";
import { loadGraph } from "../support/load-graph.ts";
import { smallGraph } from "../support/small-graph.ts";

const UNARY = ["Relu", "Sigmoid", "Gelu", "Identity"];
const BINARY = ["Add", "Sub", "Mul", "Div", "Max", "Min"];

/** Steps of a chain: an operator, and which earlier value is its other operand. */
const steps = fc.array(fc.tuple(fc.constantFrom(...UNARY, ...BINARY), fc.nat()), {
  minLength: 1,
  maxLength: 12,
});

function chain(made: readonly [string, number][], flipped?: number): PlannedGraph {
  return smallGraph((graph) => {
    const values = ["x"];
    for (const [index, [op, pick]] of made.entries()) {
      const last = values.at(-1) ?? "";
      const other = index === flipped ? "half" : (values[pick % values.length] ?? "");
      values.push(graph.node(op, BINARY.includes(op) ? [other, last] : [last]));
    }
    return values.at(-1) ?? "";
  });
}

describe("a chain of elementwise nodes", () => {
  it("verifies and loads in ONNX Runtime", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (made) => loadGraph(chain(made))),
      { numRuns: 40 },
    );
  });

  it("with one operand of another type is refused at that node", () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.constantFrom(...BINARY), (made, at, op) => {
        const index = at % made.length;
        const changed = made.with(index, [op, 0]);
        const message = new RegExp(`node ${op}\\.${index} `, "u");
        assert.throws(() => chain(changed, index), { code: "graph-invalid", message });
      }),
    );
  });
});

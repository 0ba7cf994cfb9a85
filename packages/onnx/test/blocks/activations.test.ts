import { activate } from "../../src/blocks/activations.ts";
import type { Activation } from "../../src/blocks/activations.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { runValue } from "../support/run-graph.ts";

const values = Array.from({ length: 33 }, (_, index) => (index - 16) / 4);

/** The error function by its series, good to 1e-9 for |x| < 4. */
function errorFunction(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 120; n += 1) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const FORMULAS: Readonly<Record<Activation, (x: number) => number>> = {
  gelu: (x) => (x / 2) * (1 + errorFunction(x / Math.SQRT2)),
  "gelu-tanh": (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  "quick-gelu": (x) => x * sigmoid(1.702 * x),
  silu: (x) => x * sigmoid(x),
};

// The kinds of GELU differ by 5e-4 and more: in float32 none can stand in for another.
describe("activate", () => {
  for (const floatType of FLOAT_TYPES) {
    for (const [name, formula] of Object.entries(FORMULAS)) {
      it(`${name} follows its formula (${floatType})`, async () => {
        const feeds = { x: { type: "float", dims: [values.length], values } } as const;
        const result = await runValue({
          floatType,
          feeds,
          build: (graph) => activate(graph, "x", name as Activation),
        });
        assertClose(result, [values.length], values.map(formula), floatType);
      });
    }
  }
});

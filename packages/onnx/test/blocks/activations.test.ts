import { activate } from "../../src/blocks/activations.ts";
import type { Activation } from "../../src/blocks/activations.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { gelu, silu } from "../support/gelu.ts";
import { runValue } from "../support/run-graph.ts";

const values = Array.from({ length: 33 }, (_, index) => (index - 16) / 4);

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const FORMULAS: Readonly<Record<Activation, (x: number) => number>> = {
  gelu,
  "gelu-tanh": (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  "quick-gelu": (x) => x * sigmoid(1.702 * x),
  silu,
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

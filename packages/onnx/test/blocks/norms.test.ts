import { layerNorm, rmsNorm } from "../../src/blocks/norms.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import * as reference from "../support/reference.ts";
import { runValue } from "../support/run-graph.ts";

const x = noise("x", 3 * 6, 2);
const rows = reference.rowsOf(x, 6);
const weights = noiseWeights({ "norm.weight": [6], "norm.bias": [6] });
const scale = weights.values("norm.weight");
// Large enough to matter: an epsilon that is added outside the root, or left out, would show.
const EPSILON = 0.1;

for (const floatType of FLOAT_TYPES) {
  const feeds = { x: { type: "float", dims: [1, 3, 6], values: x } } as const;

  describe(`norms (${floatType})`, () => {
    it("rmsNorm divides by the root mean square and multiplies by the weight", async () => {
      const result = await runValue({
        floatType,
        weights,
        feeds,
        build: (graph) => rmsNorm(graph, "x", "norm.weight", 6, EPSILON),
      });
      assertClose(result, [1, 3, 6], reference.rmsNorm(rows, scale, EPSILON), floatType);
    });

    it("rmsNorm adds 1 to weights that are stored as offsets", async () => {
      const result = await runValue({
        floatType,
        weights,
        feeds,
        build: (graph) => rmsNorm(graph, "x", "norm.weight", 6, EPSILON, 1),
      });
      const shifted = scale.map((value) => value + 1);
      assertClose(result, [1, 3, 6], reference.rmsNorm(rows, shifted, EPSILON), floatType);
    });

    it("layerNorm takes the mean off first and adds the bias", async () => {
      const result = await runValue({
        floatType,
        weights,
        feeds,
        build: (graph) => layerNorm(graph, "x", "norm", 6, EPSILON),
      });
      const expected = reference.layerNorm(rows, scale, weights.values("norm.bias"), EPSILON);
      assertClose(result, [1, 3, 6], expected, floatType);
    });
  });
}

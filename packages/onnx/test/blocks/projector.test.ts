import { geluMlp } from "../../src/blocks/projector.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { gelu } from "../support/gelu.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import { linear, rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { runValue } from "../support/run-graph.ts";

const SIZES = [6, 10, 5, 4];
const NAMES = ["fc1", "fc2", "fc3"];
const weights = noiseWeights(
  Object.fromEntries(
    NAMES.flatMap((name, index) => [
      [`${name}.weight`, [SIZES[index + 1] ?? 0, SIZES[index] ?? 0]],
      [`${name}.bias`, [SIZES[index + 1] ?? 0]],
    ]),
  ),
);

describe("geluMlp", () => {
  for (const floatType of FLOAT_TYPES) {
    for (const layers of [1, 2, 3]) {
      it(`${layers} layers, with a GELU between each two and none at the ends (${floatType})`, async () => {
        const names = NAMES.slice(0, layers);
        const x = noise("x", 3 * 6, 2);
        const feeds = { x: { type: "float", dims: [1, 3, 6], values: x } } as const;
        const result = await runValue({
          floatType,
          weights,
          feeds,
          build: (graph) => geluMlp(graph, "x", names, SIZES),
        });
        const expected = names.reduce(
          (rows: Matrix, name, index) => {
            const input = index === 0 ? rows : rows.map((row) => row.map(gelu));
            return linear(
              input,
              rowsOf(weights.values(`${name}.weight`), SIZES[index] ?? 0),
              weights.values(`${name}.bias`),
            );
          },
          rowsOf(x, 6),
        );
        assertClose(result, [1, 3, SIZES[layers] ?? 0], expected, floatType);
      });
    }
  }
});

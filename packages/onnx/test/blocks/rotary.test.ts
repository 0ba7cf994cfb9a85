import { rotaryTables, rotate } from "../../src/blocks/rotary.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import { rotated } from "../support/reference-attention.ts";
import { runValue } from "../support/run-graph.ts";

// As after the cut: the picture's rows are thinned out, the others keep their places.
const POSITIONS = [0, 3, 4, 11, 30, 31];

describe("rotate", () => {
  for (const floatType of FLOAT_TYPES) {
    for (const headSize of [4, 6, 8]) {
      it(`turns each head by the given positions, head size ${headSize} (${floatType})`, async () => {
        const heads = 3;
        const width = heads * headSize;
        const x = noise("x", POSITIONS.length * width);
        const result = await runValue({
          floatType,
          feeds: {
            x: { type: "float", dims: [1, POSITIONS.length, width], values: x },
            positions: { type: "int64", dims: [1, POSITIONS.length], values: POSITIONS },
          },
          build: (graph) =>
            rotate(
              graph,
              "x",
              "positions",
              rotaryTables(graph, { positions: 32, headSize, theta: 100 }),
              heads,
            ),
        });
        const expected = rotated(rowsOf(x, width), POSITIONS, headSize, 100);
        assertClose(result, [1, POSITIONS.length, width], expected, floatType);
      });
    }
  }
});

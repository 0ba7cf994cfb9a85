import assert from "node:assert/strict";
import { tapOutput } from "../../src/blocks/attention-taps.ts";
import { rowsTap } from "../../src/blocks/open-attention.ts";
import { allPositions, openLayers } from "../../src/blocks/open-layer.ts";
import { span } from "../../src/blocks/shapes.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { decoderSizes, decoderWeights } from "../support/decoder.ts";
import { noise } from "../support/noise.ts";
import { columnMeans, rowsOf } from "../support/reference.ts";
import { headMean } from "../support/reference-attention.ts";
import { referenceLayer } from "../support/reference-decoder.ts";
import { runGraph } from "../support/run-graph.ts";

const ROWS = 5;
const sizes = decoderSizes();
const weights = decoderWeights(sizes);
const x = noise("x", ROWS * sizes.hidden);

function run(
  floatType: (typeof FLOAT_TYPES)[number],
  tapped: readonly number[],
): ReturnType<typeof runGraph> {
  return runGraph({
    floatType,
    weights,
    feeds: { x: { type: "float", dims: [1, ROWS, sizes.hidden], values: x } },
    build: (graph) => {
      const positions = allPositions(graph, "x");
      const { hidden, layers } = openLayers(graph, "x", positions, "layers.", sizes, [0, 2]);
      graph.output(hidden, "hidden", floatType, []);
      const [rows, columns] = [span(graph, -2, ROWS), span(graph, 1, 4)];
      tapOutput(graph, layers, tapped, ({ weights: map }) => rowsTap(graph, map, rows, columns));
    },
  });
}

describe("openLayers", () => {
  const positions = [0, 1, 2, 3, 4];
  const layer = (rows: Parameters<typeof referenceLayer>[0], index: number) =>
    referenceLayer(rows, positions, { weights, prefix: `layers.${index}.`, sizes }, { causal: false });
  const first = layer(rowsOf(x, sizes.hidden), 0);
  const second = layer(first.hidden, 1);
  const taps = [first, second].map(({ maps }) =>
    columnMeans(
      headMean(maps)
        .slice(-2)
        .map((row) => row.slice(1, 4)),
    ),
  );

  for (const floatType of FLOAT_TYPES) {
    it(`let every row see every other, and tap the layers that are asked for (${floatType})`, async () => {
      const both = await run(floatType, [0, 1]);
      assertClose(both["hidden"], [1, ROWS, sizes.hidden], second.hidden, floatType);
      assertClose(both["action_attention"], [2, 3], taps, floatType);
      const one = await run(floatType, [1, 7]);
      assertClose(one["action_attention"], [1, 3], taps.slice(1), floatType);
    });
  }

  it("have no output of taps where none of them is tapped", async () => {
    assert.deepEqual(Object.keys(await run("float32", [7])), ["hidden"]);
  });
});

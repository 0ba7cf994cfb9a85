import { patchEmbedding } from "../../src/blocks/patch-embedding.ts";
import { rawTensor } from "../../src/blocks/raw-tensor.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import { linear, plus, rowsOf } from "../support/reference.ts";
import { patchesOf } from "../support/reference-vision.ts";
import { runValue } from "../support/run-graph.ts";

const [SIDE, PATCH, HIDDEN, VIEWS] = [6, 2, 5, 2];
const TOKENS = (SIDE / PATCH) ** 2;

describe("patchEmbedding", () => {
  for (const floatType of FLOAT_TYPES) {
    it(`projects patch by patch, row by row; a raw tensor adds positions as they are (${floatType})`, async () => {
      const weights = noiseWeights({
        "patch.weight": [HIDDEN, 3, PATCH, PATCH],
        "patch.bias": [HIDDEN],
        positions: [TOKENS, HIDDEN],
      });
      const pixels = noise("pixels", VIEWS * 3 * SIDE * SIDE);
      const result = await runValue({
        floatType,
        weights,
        feeds: { pixels: { type: "float", dims: [VIEWS, 3, SIDE, SIDE], values: pixels } },
        build: (graph) =>
          graph.node("Add", [
            patchEmbedding(graph, "pixels", "patch", HIDDEN, PATCH),
            rawTensor(graph, "positions", [TOKENS, HIDDEN]),
          ]),
      });
      const kernel = rowsOf(weights.values("patch.weight"), 3 * PATCH * PATCH);
      const positions = rowsOf(weights.values("positions"), HIDDEN);
      const expected = rowsOf(pixels, 3 * SIDE * SIDE).flatMap((picture) =>
        plus(linear(patchesOf(picture, SIDE, PATCH), kernel, weights.values("patch.bias")), positions),
      );
      assertClose(result, [VIEWS, TOKENS, HIDDEN], expected, floatType);
    });
  }
});

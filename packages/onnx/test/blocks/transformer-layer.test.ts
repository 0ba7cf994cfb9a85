import { assertClose } from "../support/assert-close.ts";
import { decoderSizes, decoderWeights, LAYERS, runDecoder } from "../support/decoder.ts";
import { gelu } from "../support/gelu.ts";
import { noise } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import { referenceLayer } from "../support/reference-decoder.ts";

describe("transformerLayer", () => {
  it("may have another gate and norms stored as offsets from 1, as Gemma's", async () => {
    const sizes = decoderSizes({ activation: "gelu", normPlus: 1 });
    const weights = decoderWeights(sizes);
    const positions = [0, 1, 2];
    const x = rowsOf(noise("x", 3 * sizes.hidden), sizes.hidden);
    const { hidden } = await runDecoder({ sizes, weights, x, positions, floatType: "float32" });
    let expected = x;
    for (let index = 0; index < LAYERS; index += 1) {
      const layer = { weights, prefix: `layers.${index}.`, sizes };
      expected = [...referenceLayer(expected, positions, layer, { activate: gelu, offset: 1 }).hidden];
    }
    assertClose(hidden, [1, 3, sizes.hidden], expected);
  });
});

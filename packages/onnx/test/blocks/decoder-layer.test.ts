import assert from "node:assert/strict";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { decoderSizes, decoderWeights, LAYERS, runDecoder } from "../support/decoder.ts";
import { noise } from "../support/noise.ts";
import { rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { headMean } from "../support/reference-attention.ts";
import { referenceLayer } from "../support/reference-decoder.ts";

// As above the cut: rows 3 … 5 of the picture are gone, decoding goes on from the unpruned length.
const POSITIONS = [0, 1, 2, 6, 7, 8];

for (const headSize of [8, 4]) {
  const sizes = decoderSizes({ headSize });
  const weights = decoderWeights(sizes);
  const x = rowsOf(noise("x", POSITIONS.length * sizes.hidden), sizes.hidden);
  const outputs = Array.from({ length: LAYERS }).reduce(
    (made: { hidden: Matrix; maps: Matrix[] }[], _, index) => {
      const input = made.at(-1)?.hidden ?? x;
      return [...made, referenceLayer(input, POSITIONS, { weights, prefix: `layers.${index}.`, sizes })];
    },
    [],
  );
  const expected = outputs.at(-1)?.hidden ?? [];
  const visual = outputs.map(({ maps }) => headMean(maps).map((row) => row.slice(1, 4)));

  describe(`decoder layers of head size ${headSize}`, () => {
    for (const floatType of FLOAT_TYPES) {
      const common = { sizes, weights, floatType };

      it(`follow the formula, with grouped heads and gaps in the positions (${floatType})`, async () => {
        const { hidden } = await runDecoder({ ...common, x, positions: POSITIONS });
        assertClose(hidden, [1, 6, sizes.hidden], expected, floatType);
      });

      it(`a prefill and two decode steps equal one long run, taps included (${floatType})`, async () => {
        const prefill = await runDecoder({
          ...common,
          x: x.slice(0, 4),
          positions: POSITIONS.slice(0, 4),
          taps: true,
        });
        assertClose(prefill["hidden"], [1, 4, sizes.hidden], expected.slice(0, 4), floatType);
        let before = prefill;
        for (const row of [4, 5]) {
          before = await runDecoder({
            ...common,
            x: [x[row] ?? []],
            positions: [POSITIONS[row] ?? 0],
            before,
            taps: true,
          });
          assertClose(before["hidden"], [1, 1, sizes.hidden], expected[row] ?? [], floatType);
          for (const [layer, map] of visual.entries()) {
            assertClose(before[`tap.${layer}`], [1, 3], map[row] ?? [], floatType);
          }
        }
        for (const [layer, map] of visual.entries()) {
          assertClose(prefill[`map.${layer}`], [4, 3], map.slice(0, 4), floatType);
        }
      });
    }

    it("give the same with taps as without, within 1e-5", async () => {
      const run = { sizes, weights, x, positions: POSITIONS, floatType: "float32" } as const;
      const plain = await runDecoder(run);
      const tapped = await runDecoder({ ...run, taps: true });
      assert.equal(Object.keys(tapped).length, Object.keys(plain).length + 2 * LAYERS);
      for (const [name, { dims, values }] of Object.entries(plain)) assertClose(tapped[name], dims, values);
    });
  });
}

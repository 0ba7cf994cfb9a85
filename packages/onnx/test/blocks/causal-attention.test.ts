import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noiseSequence, runCached } from "../support/cached-attention.ts";
import { asCache, attention } from "../support/reference-attention.ts";

const TOTAL = 6;

// Head sizes that ONNX Runtime takes as they are, and, below them, ones that its fused attention refuses.
const SIZES = [
  { heads: 2, keyValueHeads: 2, headSize: 8 },
  { heads: 4, keyValueHeads: 2, headSize: 8 },
  { heads: 6, keyValueHeads: 1, headSize: 16 },
  { heads: 2, keyValueHeads: 2, headSize: 4 },
  { heads: 4, keyValueHeads: 2, headSize: 6 },
  { heads: 3, keyValueHeads: 1, headSize: 12 },
];

describe("causalAttention", () => {
  for (const floatType of FLOAT_TYPES) {
    for (const sizes of SIZES) {
      const { heads, keyValueHeads, headSize } = sizes;
      const sequence = noiseSequence(TOTAL, sizes);
      const all = attention(sequence.query, sequence.key, sequence.value, sizes, true);

      for (const past of [0, 4, 5]) {
        it(`${heads} heads over ${keyValueHeads} of size ${headSize}, ${past} in the cache (${floatType})`, async () => {
          const results = await runCached({ sequence, sizes, past, floatType });
          assertClose(results["output"], [1, TOTAL - past, heads * headSize], all.slice(past), floatType);
          const cacheDims = [1, keyValueHeads, TOTAL, headSize];
          const keys = asCache(sequence.key, keyValueHeads, headSize);
          assertClose(results["present.0.key"], cacheDims, keys, floatType);
          const values = asCache(sequence.value, keyValueHeads, headSize);
          assertClose(results["present.0.value"], cacheDims, values, floatType);
        });
      }
    }
  }
});

import fc from "fast-check";
import type { FloatType } from "../../src/graph/value-types.ts";
import { FLOAT_TYPES } from "./assert-close.ts";
import type { Heads } from "./reference-attention.ts";

/** Some rows that attend to some columns. */
export interface AttentionCase {
  readonly sizes: Heads;
  readonly rows: number;
  readonly columns: number;
  readonly floatType: FloatType;
}

/** With one head of keys and values and with several, each for one head of queries or for some. */
export const attentionCases: fc.Arbitrary<AttentionCase> = fc
  .record({
    keyValueHeads: fc.constantFrom(1, 1, 2, 3),
    group: fc.integer({ min: 1, max: 4 }),
    headSize: fc.constantFrom(2, 6, 8, 16),
    rows: fc.integer({ min: 1, max: 7 }),
    columns: fc.integer({ min: 1, max: 12 }),
    floatType: fc.constantFrom(...FLOAT_TYPES),
  })
  .map(({ keyValueHeads, group, headSize, ...rest }) => ({
    ...rest,
    sizes: { heads: keyValueHeads * group, keyValueHeads, headSize },
  }));

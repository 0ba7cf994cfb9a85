import assert from "node:assert/strict";
import fc from "fast-check";
import { keptRows } from "../../src/adapter/kept-rows.ts";

it("keptRows leaves out the visual tokens that are not kept, and no other row", () => {
  fc.assert(
    fc.property(fc.nat(3), fc.array(fc.boolean(), { maxLength: 20 }), fc.nat(8), (start, kept, words) => {
      const keep = Int32Array.from(kept.flatMap((stays, index) => (stays ? [index] : [])));
      const marks = [...Array<true>(start).fill(true), ...kept, ...Array<true>(words).fill(true)];
      const expected = marks.flatMap((stays, row) => (stays ? [row] : []));
      const span = { start, vision: kept.length, sequence: marks.length };
      assert.deepEqual(keptRows(keep, span), expected);
    }),
  );
});

import assert from "node:assert/strict";
import { checkIds, checkPixels, promptIds } from "../../src/adapter/index.ts";
import { hasCode } from "../../src/testing/index.ts";

const DIMS = [1, 6, 2, 2];
const VOCABULARY = 100;
const ROOM = 5;
const LIMITS = { vocabulary: VOCABULARY, room: ROOM, least: 2 };

function pixels(length = 24): Float32Array {
  return new Float32Array(length).fill(0.5);
}

describe("an observation, for adapters", () => {
  it("may be given as pixels of the graph's shape, with or without saying so", () => {
    const data = pixels();
    assert.deepEqual(checkPixels({ data }, DIMS), { data, dims: DIMS });
    assert.equal(checkPixels({ data, dims: DIMS }, DIMS).data, data);
  });

  const wrongPixels: readonly [string, Float32Array, readonly number[] | undefined][] = [
    ["another channel count", pixels(12), [1, 3, 2, 2]],
    ["another size", pixels(54), [1, 6, 3, 3]],
    ["channels last", pixels(), [1, 2, 2, 6]],
    ["no batch axis", pixels(), [6, 2, 2]],
    ["too few values for the shape", pixels(23), DIMS],
    ["too many values, and no shape", pixels(25), undefined],
    ["a NaN", pixels().fill(Number.NaN, 23), DIMS],
    ["infinity", pixels().fill(Number.NEGATIVE_INFINITY, 0, 1), DIMS],
  ];
  for (const [what, data, dims] of wrongPixels) {
    it(`is refused with pixels of ${what}`, () => {
      assert.throws(() => checkPixels({ data, ...(dims && { dims }) }, DIMS), hasCode("observation-invalid"));
    });
  }

  it("leaves out the views that are masked, whatever lies in them", () => {
    const data = Float32Array.of(1, 2, Number.NaN, Number.NaN, 5, 6);
    const checked = checkPixels({ data, dims: [1, 3, 1, 2] }, [3, 1, 1, 2], [true, false, true]);
    assert.deepEqual(checked, { data: Float32Array.of(1, 2, 5, 6), dims: [2, 1, 1, 2] });
    assert.throws(
      () => checkPixels({ data }, [3, 1, 1, 2], [true, true, true]),
      hasCode("observation-invalid"),
    );
  });

  it("may be given as token ids, used as they are", () => {
    const ids = [1, 0, VOCABULARY - 1];
    assert.deepEqual(checkIds(ids, LIMITS), ids);
    assert.equal(checkIds([1, 2, 3, 4, 5], LIMITS).length, ROOM);
  });

  const wrongIds: readonly [string, readonly number[]][] = [
    ["one beyond the vocabulary", [1, VOCABULARY]],
    ["one below 0", [1, -1]],
    ["one that is not whole", [1, 2.5]],
    ["a NaN", [1, Number.NaN]],
    ["none", []],
    ["BOS alone", [1]],
    ["more than there is room for", [1, 2, 3, 4, 5, 6]],
  ];
  for (const [what, ids] of wrongIds) {
    it(`is refused with token ids: ${what}`, () => {
      assert.throws(() => checkIds(ids, LIMITS), hasCode("observation-invalid"));
    });
  }

  it("is refused with neither words nor ids, and with empty words", () => {
    for (const observation of [{}, { instruction: " " }])
      assert.throws(() => promptIds(observation, () => [1, 2], LIMITS), hasCode("observation-invalid"));
    assert.deepEqual(
      promptIds({ instruction: "wave" }, () => [1, 2], LIMITS),
      [1, 2],
    );
    assert.throws(
      () => promptIds({ instruction: "wave" }, () => [1, VOCABULARY], LIMITS),
      hasCode("observation-invalid"),
    );
  });
});

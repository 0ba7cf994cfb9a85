import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { checkIds, checkPixels } from "@vla-pruner/prismatic";
import { mainFrame } from "../src/check-observation.ts";

const DIMS = [1, 6, 2, 2];
const VOCABULARY = 100;
const ROOM = 5;
const FRAME = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 };

function pixels(length = 24): Float32Array {
  return new Float32Array(length).fill(0.5);
}

describe("openvla observation", () => {
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

  it("may be given as token ids, used as they are", () => {
    const ids = [1, 0, VOCABULARY - 1];
    assert.deepEqual(checkIds(ids, VOCABULARY, ROOM), ids);
    assert.equal(checkIds([1, 2, 3, 4, 5], VOCABULARY, ROOM).length, ROOM);
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
      assert.throws(() => checkIds(ids, VOCABULARY, ROOM), hasCode("observation-invalid"));
    });
  }

  it("shows the camera named image, else full_image, else the only one", () => {
    const other = { ...FRAME, width: 2 };
    assert.equal(mainFrame({ wrist_image: other, full_image: other, image: FRAME }), FRAME);
    assert.equal(mainFrame({ wrist_image: other, full_image: FRAME }), FRAME);
    assert.equal(mainFrame({ front: FRAME }), FRAME);
  });

  it("is refused with several cameras none of which is known to be the main one", () => {
    assert.throws(
      () => mainFrame({ wrist: FRAME, front: FRAME }),
      (error) => hasCode("observation-invalid")(error) && /wrist, front/u.test(String(error)),
    );
  });

  it("is refused without any picture", () => {
    assert.throws(() => mainFrame({}), hasCode("observation-invalid"));
    assert.throws(() => mainFrame(undefined), hasCode("observation-invalid"));
  });
});

import assert from "node:assert/strict";
import { shownTokens } from "../../src/closed-loop/shown-tokens.ts";

/** Two tokens a side over 8 × 8 pixels: patches of 4 × 4, centre at the third pixel of the third row. */
function shownOf(pixels: readonly (readonly [number, number, number])[]): number[] {
  const ids = new Uint8Array(64);
  for (const [row, column, id] of pixels) ids[8 * row + column] = id;
  const frame = { pixels: new Uint8Array(192), ids, width: 8, height: 8 };
  const segmentation = {
    frames: { image: frame, wrist_image: { ...frame, ids: new Uint8Array(64) } },
    roles: { object: [1, 2], target: [], gripper: [] },
  };
  const views = [
    { name: "wrist", start: 0, count: 4 },
    { name: "agent", start: 4, count: 4 },
  ];
  const cameras = new Map([
    ["wrist", "wrist_image"],
    ["agent", "image"],
  ] as const);
  return [...shownTokens(segmentation, views, cameras).object];
}

describe("shownTokens", () => {
  it("counts a token whose centre shows the object, however little of it", () => {
    assert.deepEqual(shownOf([[2, 6, 1]]), [0, 0, 0, 0, 0, 1 / 16, 0, 0]);
  });

  it("counts a token of which a fifth shows the object, but not less", () => {
    const few = [
      [0, 0, 1],
      [0, 1, 2],
      [0, 2, 1],
    ] as const;
    assert.deepEqual(shownOf(few), [0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(shownOf([...few, [1, 0, 2]]), [0, 0, 0, 0, 0.25, 0, 0, 0]);
  });

  it("leaves out what plays no role", () => {
    assert.deepEqual(shownOf([[2, 2, 9]]), [0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

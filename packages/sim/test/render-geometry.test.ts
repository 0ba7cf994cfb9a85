import assert from "node:assert/strict";
import { AHEAD, draw, IDENTITY, region, type Thing } from "./support/render.ts";

const FOCAL = 32 / Math.tan(Math.PI / 6);

describe("what a picture shows, and where", () => {
  it("has +x to the right and +y at the top", () => {
    const ball: Thing = { shape: "sphere", size: [0.05, 0, 0], at: [0.3, 0.2, -2] };
    const { x, y } = region(draw([ball]), 1);
    assert.ok(Math.abs(x - (32 + FOCAL * 0.15)) < 0.5, `x ${x}`);
    assert.ok(Math.abs(y - (32 - FOCAL * 0.1)) < 0.5, `y ${y}`);
  });

  it("gives a sphere the area of its cone", () => {
    const ball: Thing = { shape: "sphere", size: [0.4, 0, 0], at: [0, 0, -2] };
    const { count } = region(draw([ball], { width: 256, height: 256 }), 1);
    const radius = 4 * FOCAL * Math.tan(Math.asin(0.2));
    assert.ok(Math.abs(count / (Math.PI * radius * radius) - 1) < 0.01, `${count}`);
  });

  it("keeps square pixels in a wide picture", () => {
    const box: Thing = { shape: "box", size: [0.5, 0.5, 0.1], at: [0, 0, -2.1] };
    const { ids } = draw([box], { width: 128, height: 64 });
    const across = ids.subarray(128 * 32, 128 * 33).filter((id) => id === 1).length;
    const down = Array.from({ length: 64 }, (_, row) => ids[128 * row + 64]).filter((id) => id === 1).length;
    assert.equal(across, Math.round(FOCAL * 0.5));
    assert.equal(down, across);
  });

  it("looks the way the camera's rotation says", () => {
    // The camera's x axis is the world's −y, its y axis is up, so it looks along +x.
    const rotation = [0, 0, -1, -1, 0, 0, 0, 1, 0];
    const left: Thing = { shape: "sphere", at: [2, 0.4, 0] };
    const above: Thing = { shape: "sphere", at: [2, 0, 0.5] };
    const frame = draw([left, above], { camera: { ...AHEAD, rotation } });
    assert.ok(region(frame, 1).x < 25);
    assert.ok(region(frame, 2).y < 22);
  });

  it("shows the nearer of two, in either order", () => {
    const near: Thing = { shape: "box", at: [0, 0, -1], id: 7 };
    const far: Thing = { shape: "box", size: [0.5, 0.5, 0.1], at: [0, 0, -2], id: 9 };
    const frame = draw([near, far]);
    assert.deepEqual(frame, draw([far, near]));
    assert.equal(frame.ids[32 * 64 + 32], 7);
    assert.equal(frame.ids[32 * 64 + 23], 9);
  });

  it("cuts things that run into each other where they meet", () => {
    const turn = Math.SQRT1_2;
    const leaning = [turn, 0, turn, 0, 1, 0, -turn, 0, turn];
    const other = [turn, 0, -turn, 0, 1, 0, turn, 0, turn];
    const size = [0.5, 0.3, 0.01] as const;
    const frame = draw([
      { shape: "box", size, at: [0, 0, -2], rotation: leaning },
      { shape: "box", size, at: [0, 0, -2], rotation: other },
    ]);
    const row = [...frame.ids.subarray(32 * 64, 33 * 64)].filter((id) => id > 0);
    const changes = row.filter((id, index) => index > 0 && id !== row[index - 1]).length;
    assert.equal(changes, 1);
    assert.ok(Math.abs(row.indexOf(row.at(-1)!) - row.length / 2) <= 1);
  });

  it("cuts a floor at the near plane and shows it from the picture's lower edge to the horizon", () => {
    const floor: Thing = { shape: "box", size: [5, 0.1, 5], at: [0, -0.2, 0] };
    const { ids } = draw([floor]);
    assert.ok(ids.subarray(0, 32 * 64).every((id) => id === 0));
    assert.ok(ids.subarray(34 * 64).every((id) => id === 1));
  });

  it("shows an infinite plane up to the horizon, from its front only", () => {
    const rotation = [1, 0, 0, 0, 0, 1, 0, -1, 0];
    const plane: Thing = { shape: "plane", size: [0, 0, 1], at: [0, -1, 0], rotation };
    assert.ok(
      draw([plane])
        .ids.subarray(33 * 64)
        .every((id) => id === 1),
    );
    assert.ok(
      draw([plane])
        .ids.subarray(0, 32 * 64)
        .every((id) => id === 0),
    );
    const ceiling: Thing = { ...plane, at: [0, 1, 0] };
    assert.ok(draw([ceiling]).ids.every((id) => id === 0));
  });

  it("shows nothing of what is behind, aside, or around the camera", () => {
    const behind: Thing = { shape: "sphere", at: [0, 0, 2] };
    const aside: Thing = { shape: "box", at: [5, 0, -1] };
    const around = (["box", "sphere", "cylinder", "capsule", "ellipsoid"] as const).map((shape): Thing => ({
      shape,
      at: [0.01, 0, 0],
      rotation: IDENTITY,
    }));
    assert.ok(draw([behind, aside, ...around]).ids.every((id) => id === 0));
  });
});

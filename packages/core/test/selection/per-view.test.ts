import assert from "node:assert/strict";
import { scopeOf, selectPerView } from "../../src/selection/per-view.ts";
import type { SelectionScope } from "../../src/selection/per-view.ts";

const views = [
  { name: "image", start: 0, count: 6 },
  { name: "wrist", start: 6, count: 4 },
];

function scopes(mode: "per-view" | "joint"): SelectionScope[] {
  const seen: SelectionScope[] = [];
  selectPerView(views, 0.5, mode, (scope) => {
    seen.push(scope);
    return Int32Array.of(0);
  });
  return seen;
}

describe("selectPerView", () => {
  it("gives every camera its own budget, or all of them one", () => {
    assert.deepEqual(scopes("per-view"), [
      { start: 0, count: 6, budget: 3 },
      { start: 6, count: 4, budget: 2 },
    ]);
    assert.deepEqual(scopes("joint"), [{ start: 0, count: 10, budget: 5 }]);
  });

  it("turns indices within a view into visual indices", () => {
    assert.deepEqual([...selectPerView(views, 0.5, "per-view", () => Int32Array.of(0, 3))], [0, 3, 6, 9]);
  });

  it("shows a pruner the columns of its scope", () => {
    const vector = Float32Array.of(0, 1, 2, 3, 4);
    assert.deepEqual([...scopeOf(vector, { start: 2, count: 2, budget: 1 })], [2, 3]);
  });
});

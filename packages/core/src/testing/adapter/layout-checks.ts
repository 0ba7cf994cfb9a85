import assert from "node:assert/strict";
import type { AdapterCheck } from "./adapter-subject.ts";

/** What the layout promises must hold together. */
export const layoutChecks: Readonly<Record<string, AdapterCheck>> = {
  async "layout: the cut lies inside the decoder"(subject) {
    const { layout } = await subject.createAdapter();
    assert.ok(Number.isInteger(layout.layers) && Number.isInteger(layout.pruneLayer));
    assert.ok(layout.pruneLayer >= 1 && layout.pruneLayer < layout.layers, `cut at ${layout.pruneLayer}`);
    assert.equal(layout.cost.layers, layout.layers, "the cost model must count the layout's layers");
  },

  async "layout: tapped layers ascend, and the action layers are among them"(subject) {
    const { layout } = await subject.createAdapter();
    const { tappedLayers, actionLayers, layers } = layout;
    assert.deepEqual(
      [...tappedLayers],
      [...new Set(tappedLayers)].toSorted((a, b) => a - b),
    );
    assert.ok(tappedLayers.every((layer) => Number.isInteger(layer) && layer >= 0 && layer < layers));
    assert.ok(actionLayers.length > 0, "no action layers");
    const untapped = actionLayers.filter((layer) => !tappedLayers.includes(layer));
    assert.deepEqual(untapped, [], "action layers that are not tapped");
  },

  async "layout: views follow each other without a gap, under different names"(subject) {
    const { views } = (await subject.createAdapter()).layout;
    let start = 0;
    for (const view of views) {
      assert.equal(view.start, start, view.name);
      assert.ok(Number.isInteger(view.count) && view.count >= 1, view.name);
      start += view.count;
    }
    assert.ok(start > 0, "no views");
    assert.equal(
      new Set(views.map(({ name }) => name)).size,
      views.length,
      "views of one name share a history",
    );
  },
};

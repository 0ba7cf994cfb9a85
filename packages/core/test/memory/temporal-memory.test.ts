import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { TemporalMemory } from "../../src/memory/temporal-memory.ts";
import type { TemporalOptions } from "../../src/memory/temporal-options.ts";
import type { TemporalState } from "../../src/memory/temporal-memory.ts";

const image = { name: "image", start: 0, count: 2 };
const wrist = { name: "wrist", start: 2, count: 1 };
const views = [image, wrist];
const all = Int32Array.of(0, 1, 2);

/** A memory that has seen the given records, oldest first, with all tokens kept. */
function remember(options: TemporalOptions, ...records: number[][]): TemporalMemory {
  const empty = new TemporalMemory(options);
  return records.reduce((memory, record) => memory.observe(Float32Array.from(record), all, views), empty);
}

describe("temporal memory", () => {
  it("has no forecast until the window is full", () => {
    const record = [0.1, 0.2, 0.3];
    for (const [seen, full] of [
      [0, false],
      [1, false],
      [2, false],
      [3, true],
      [4, true],
    ] as const) {
      const memory = remember({}, ...Array.from({ length: seen }, () => record));
      assert.equal(memory.forecast(views) !== null, full, `${seen} records`);
      assert.equal(memory.step, seen);
    }
  });

  it("forecasts from the last calls only, the newest first", () => {
    const memory = remember({ window: 2, decay: 0.5 }, [9, 9, 9], [1, 0, 2], [0, 1, 2]);
    const [older, newer] = [0.25 / 0.75, 0.5 / 0.75];
    assert.deepEqual(memory.forecast(views), Float32Array.of(older, newer, 2));
  });

  it("does not change by observing: the next memory is another one", () => {
    const before = remember({ window: 1 }, [1, 2, 3]);
    before.observe(Float32Array.of(4, 5, 6), all, views);
    assert.deepEqual(before.forecast(views), Float32Array.of(1, 2, 3));
    assert.equal(before.step, 1);
  });

  it("copies what it records", () => {
    const record = Float32Array.of(1, 2, 3);
    const memory = new TemporalMemory({ window: 1 }).observe(record, all, views);
    record.fill(0);
    assert.deepEqual(memory.newest(views), Float32Array.of(1, 2, 3));
  });

  it("records a pruned token as 0, or carries its last value decayed", () => {
    const pruned: [Float32Array, Int32Array, typeof views] = [
      Float32Array.of(0.5, 0, 0),
      Int32Array.of(0),
      views,
    ];
    const zero = remember({ decay: 0.5 }, [1, 1, 0.25]).observe(...pruned);
    assert.deepEqual(zero.newest(views), Float32Array.of(0.5, 0, 0));
    const carried = remember({ decay: 0.5, unseen: "carry" }, [1, 1, 0.25]).observe(...pruned);
    assert.deepEqual(carried.newest(views), Float32Array.of(0.5, 0.5, 0.125));
    assert.deepEqual(carried.observe(...pruned).newest(views), Float32Array.of(0.5, 0.25, 0.0625));
  });

  it("holds no more than its window, however long the episode", () => {
    const { history } = remember({ window: 2 }, ...Array.from({ length: 9 }, () => [1, 2, 3])).save();
    assert.deepEqual(
      Object.values(history).map((past) => past.length),
      [2, 2],
    );
  });

  it("keeps a history for each camera: one that was absent must fill its own window", () => {
    const first = remember({ window: 2 }, [1, 2, 3]);
    const without = first.observe(Float32Array.of(1, 2), Int32Array.of(0, 1), [image]);
    assert.equal(without.forecast(views), null);
    assert.deepEqual(without.forecast([image]), Float32Array.of(1, 2));
    const again = without.observe(Float32Array.of(1, 2, 3), all, views);
    assert.deepEqual(again.forecast(views), Float32Array.of(1, 2, 3));
  });

  it("finds a camera's history by its name when the cameras before it are absent", () => {
    const moved = { ...wrist, start: 0 };
    assert.deepEqual(remember({ window: 1 }, [1, 2, 3]).forecast([moved]), Float32Array.of(3));
  });

  it("comes back from JSON as it was", () => {
    const options = { window: 2, decay: 0.7 };
    const memory = remember(options, [0.1, 0.2, 0.3], [1 / 3, 1e-20, 0]);
    const restored = TemporalMemory.restore(
      options,
      JSON.parse(JSON.stringify(memory.save())) as TemporalState,
    );
    assert.deepEqual(restored.forecast(views), memory.forecast(views));
    assert.deepEqual(restored.save(), memory.save());
    assert.equal(restored.step, 2);
  });

  it("forecasts from its own window when restored from a longer one", () => {
    const long = remember({ window: 3 }, [9, 9, 9], [9, 9, 9], [1, 2, 3]);
    assert.deepEqual(
      TemporalMemory.restore({ window: 1 }, long.save()).forecast(views),
      Float32Array.of(1, 2, 3),
    );
  });

  it("refuses to restore rubbish", () => {
    const rubbish: unknown[] = [
      null,
      undefined,
      "state",
      {},
      { step: -1, history: {} },
      { step: 0.5, history: {} },
      { step: 0, history: null },
      { step: 0, history: [] },
      { step: 0, history: { image: 1 } },
      { step: 0, history: { image: [1] } },
      { step: 0, history: { image: [[Number.NaN]] } },
      { step: 0, history: { image: [["1"]] } },
      { step: 0, history: { image: [[1e39]] } },
    ];
    for (const state of rubbish) {
      const restore = (): unknown => TemporalMemory.restore({}, state as TemporalState);
      assert.throws(restore, hasCode("state-invalid"), JSON.stringify(state));
    }
  });

  it("refuses options that make no sense", () => {
    const wrong: unknown[] = [
      { window: 0 },
      { window: 1.5 },
      { decay: 0 },
      { decay: 1.1 },
      { decay: Number.NaN },
      { unseen: "forget" },
      { actionLayers: [] },
    ];
    for (const options of wrong) {
      assert.throws(
        () => new TemporalMemory(options as TemporalOptions),
        hasCode("invalid-option"),
        JSON.stringify(options),
      );
    }
  });
});

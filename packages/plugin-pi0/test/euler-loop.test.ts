import assert from "node:assert/strict";
import { eulerSchedule, timeEmbedding } from "../src/euler-schedule.ts";
import { temporaryFolder } from "../../core/test/support/temporary-folder.ts";
import { eulerRivals } from "./support/euler-rivals.ts";
import { PI0 } from "./support/fixtures.ts";
import { fixtureWeights, writtenConfig } from "./support/pi0-fixture.ts";

describe("the Euler loop", () => {
  it("adds times up in float32, from 1 to one step above 0", () => {
    const { delta, times } = eulerSchedule(10);
    assert.equal(delta, Math.fround(-0.1));
    assert.equal(times[3], Math.fround(Math.fround(Math.fround(1 + delta) + delta) + delta));
    for (const steps of [1, 3, 7, 10, 50, 100]) assert.equal(eulerSchedule(steps).times.length, steps);
  });

  it("embeds times as sines, then cosines, from the shortest period to the longest", () => {
    const angles = [(2 * Math.PI * 0.5) / 4e-3, (2 * Math.PI * 0.5) / 4];
    const expected = [...angles.map(Math.sin), ...angles.map(Math.cos)].map(Math.fround);
    assert.deepEqual([...timeEmbedding(0.5, 4)], expected);
  });

  it("gives the same actions and attention a run a step as in one graph", async () => {
    const { steps, unrolled } = await eulerRivals({
      config: writtenConfig(PI0),
      weights: fixtureWeights(PI0),
      horizon: 10,
      steps: 4,
      prefix: { vision: 12, kept: 5, words: 3 },
      folder: await temporaryFolder(),
    });
    const [one, other] = [await steps.run(), await unrolled.run()];
    assertNear(one.actions, other.actions);
    assertNear(one.attention, other.attention);
    assert.equal(one.attention.length, 3 * 5, "layers above the cut, kept columns");
    await steps.release();
    await unrolled.release();
  });
});

function assertNear(found: Float32Array, expected: Float32Array): void {
  assert.equal(found.length, expected.length);
  assert.ok(expected.every((value, index) => Math.abs(value - (found[index] ?? Number.NaN)) < 1e-6));
}

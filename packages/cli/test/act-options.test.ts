import assert from "node:assert/strict";
import { act, actOn } from "./support/act.ts";
import type { StepLine } from "./support/act.ts";
import { CONFIG } from "./support/checkpoint.ts";
import { numericEpisode } from "./support/episode.ts";
import { convertTiny } from "./support/model.ts";

/** Vectors of one view that a step reports. */
function recordOf(step: StepLine | undefined): readonly number[] {
  return step?.actionAttention[0] ?? [];
}

async function firstRecord(...options: readonly string[]): Promise<readonly number[]> {
  return recordOf((await act(...options))[0]);
}

async function firstSemantic(...options: readonly string[]): Promise<string> {
  return JSON.stringify((await act(...options))[0]?.semantic);
}

async function firstForecast(...options: readonly string[]): Promise<number> {
  return (await act(...options))[3]?.forecast?.[0]?.[0] ?? Number.NaN;
}

function assertNear(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-7, `${found}, not ${expected}`);
}

describe("act options", () => {
  let usual: StepLine[];
  before(async () => {
    usual = await act();
  });

  it("--window 1 forecasts the record of the last call, whatever the decay", async () => {
    const steps = await act("--window", "1", "--decay", "0.5");
    for (let step = 1; step < steps.length; step += 1)
      assert.deepEqual(steps[step]?.forecast, steps[step - 1]?.actionAttention);
  });

  it("--decay and --legacy-weight-order weigh the calls of the window", async () => {
    const [oldest = 0, middle = 0, newest = 0] = usual.map((step) => recordOf(step)[0]);
    assertNear(await firstForecast(), (0.8 * newest + 0.64 * middle + 0.512 * oldest) / 1.952);
    assertNear(
      await firstForecast("--decay", "0.5"),
      (0.5 * newest + 0.25 * middle + 0.125 * oldest) / 0.875,
    );
    assertNear(
      await firstForecast("--legacy-weight-order"),
      (0.512 * newest + 0.64 * middle + 0.8 * oldest) / 1.952,
    );
  });

  it("--unseen carry records the last value times the decay for pruned tokens", async () => {
    const steps = await act("--unseen", "carry");
    const kept = new Set(steps[3]?.kept[0]);
    for (const [index, value] of recordOf(steps[3]).entries()) {
      const carried = Math.fround(0.8 * (recordOf(steps[2])[index] ?? 0));
      assert.equal(value, kept.has(index) ? recordOf(usual[3])[index] : carried, `token ${index}`);
    }
  });

  it("--semantic-rows chooses the score that is reported", async () => {
    const last = await firstSemantic("--semantic-rows", "last");
    const prefill = await firstSemantic("--semantic-rows", "prefill");
    const text = await firstSemantic("--semantic-rows", "text");
    assert.equal(new Set([last, prefill, text]).size, 3);
    assert.equal(await firstSemantic(), last, "OpenVLA's default");
  });

  it("--action-layers chooses the layers of the record", async () => {
    const third = await firstRecord("--action-layers", "3");
    const fifth = await firstRecord("--action-layers", "5");
    assert.notDeepEqual(third, fifth);
    for (const [index, value] of (await firstRecord("--action-layers", "3,5")).entries()) {
      assertNear(value, ((third[index] ?? 0) + (fifth[index] ?? 0)) / 2);
    }
    assert.deepEqual(await firstRecord("--action-layers", "latter-half"), recordOf(usual[0]));
    assert.deepEqual(await firstRecord("--action-layers", "3,4,5"), recordOf(usual[0]));
  });

  it("--unnorm-key chooses the statistics", async () => {
    const shared = { q01: [0], mask: [true] };
    const statistics = {
      one: { action: { ...shared, q99: [1] } },
      ten: { action: { ...shared, q99: [10] } },
    };
    const model = await convertTiny({ config: { ...CONFIG, norm_stats: statistics } });
    const [one] = await actOn(model, await numericEpisode(), "--unnorm-key", "one");
    const [ten] = await actOn(model, await numericEpisode(), "--unnorm-key", "ten");
    assert.ok((one?.action[0]?.[0] ?? 0) > 0);
    assertNear(ten?.action[0]?.[0] ?? Number.NaN, 10 * (one?.action[0]?.[0] ?? 0));
  });
});

import assert from "node:assert/strict";
import { PRUNERS } from "@vla-pruner/core";
import { act, actOn } from "./support/act.ts";
import type { StepLine } from "./support/act.ts";
import { CONFIG } from "./support/checkpoint.ts";
import { numericEpisode } from "./support/episode.ts";
import { convertTiny } from "./support/model.ts";

describe("act options", () => {
  let usual: StepLine[];
  before(async () => {
    usual = await act();
  });

  for (const pruner of Object.keys(PRUNERS)) {
    it(`--pruner ${pruner} keeps its share and says so`, async () => {
      const steps = (await act("--pruner", pruner)).map(({ reason, kept }) => [reason, kept[0]?.length]);
      const warmUp = ["warm-up", 16];
      const expected =
        pruner === "vla-pruner"
          ? [warmUp, warmUp, warmUp, ["combined", 4], ["combined", 4]]
          : steps.map(() => [pruner, pruner === "keep-all" ? 16 : 4]);
      assert.deepEqual(steps, expected);
    });
  }

  it("--retention sets the number of tokens", async () => {
    const last = (await act("--retention", "0.5")).at(-1);
    assert.equal(last?.kept[0]?.length, 8);
  });

  it("--retention 1 gives what keep-all gives", async () => {
    const outcome = ({ action, tokens, kept, actionAttention }: StepLine): unknown => ({
      action,
      tokens,
      kept,
      actionAttention,
    });
    assert.deepEqual(
      (await act("--retention", "1")).map(outcome),
      (await act("--pruner", "keep-all")).map(outcome),
    );
  });

  it("--warmup semantic prunes from the first step on", async () => {
    const steps = await act("--warmup", "semantic");
    assert.deepEqual(
      steps.map(({ reason, kept }) => [reason, kept[0]?.length]),
      [...Array.from({ length: 3 }, () => ["warm-up-semantic", 4]), ["combined", 4], ["combined", 4]],
    );
  });

  it("--window 1 forecasts the record of the last call, whatever the decay", async () => {
    const steps = await act("--window", "1", "--decay", "0.5");
    assert.equal(steps[0]?.forecast, null);
    for (let step = 1; step < steps.length; step += 1)
      assert.deepEqual(steps[step]?.forecast, steps[step - 1]?.actionAttention);
  });

  it("--decay and --legacy-weight-order weigh the calls of the window", async () => {
    const record = (step: number): number => usual[step]?.actionAttention[0]?.[0] ?? Number.NaN;
    const forecastWith = async (...options: string[]): Promise<number> =>
      (await act(...options))[3]?.forecast?.[0]?.[0] ?? Number.NaN;
    const weighted = (newest: number, middle: number, oldest: number): number =>
      (newest * record(2) + middle * record(1) + oldest * record(0)) / (newest + middle + oldest);
    const near = (found: number, expected: number): void =>
      assert.ok(Math.abs(found - expected) < 1e-7, `${found}, not ${expected}`);
    near(await forecastWith(), weighted(0.8, 0.64, 0.512));
    near(await forecastWith("--decay", "0.5"), weighted(0.5, 0.25, 0.125));
    near(await forecastWith("--legacy-weight-order"), weighted(0.512, 0.64, 0.8));
  });

  it("--unseen carry records the last value times the decay for pruned tokens", async () => {
    const steps = await act("--unseen", "carry");
    const [before, pruned] = [steps[2]?.actionAttention[0] ?? [], steps[3]?.actionAttention[0] ?? []];
    const kept = new Set(steps[3]?.kept[0]);
    for (const [index, value] of pruned.entries()) {
      if (kept.has(index)) assert.equal(value, usual[3]?.actionAttention[0]?.[index]);
      else assert.equal(value, Math.fround(0.8 * (before[index] ?? 0)));
    }
  });

  it("--semantic-rows chooses the score that is reported", async () => {
    const semantic = async (...options: string[]): Promise<string> =>
      JSON.stringify((await act(...options))[0]?.semantic);
    const [last, prefill, text] = [
      await semantic("--semantic-rows", "last"),
      await semantic("--semantic-rows", "prefill"),
      await semantic("--semantic-rows", "text"),
    ];
    assert.equal(new Set([last, prefill, text]).size, 3);
    assert.equal(await semantic(), last, "OpenVLA's default");
  });

  it("--action-layers chooses the layers of the record", async () => {
    const records = async (...options: string[]): Promise<number[]> => [
      ...((await act(...options))[0]?.actionAttention[0] ?? []),
    ];
    const [third, fifth, both] = [
      await records("--action-layers", "3"),
      await records("--action-layers", "5"),
      await records("--action-layers", "3,5"),
    ];
    assert.notDeepEqual(third, fifth);
    for (const [index, value] of both.entries()) {
      const mean = ((third[index] ?? 0) + (fifth[index] ?? 0)) / 2;
      assert.ok(Math.abs(value - mean) < 1e-7, `token ${index}: ${value}, not ${mean}`);
    }
    assert.deepEqual(await records("--action-layers", "latter-half"), usual[0]?.actionAttention[0]);
    assert.deepEqual(await records("--action-layers", "3,4,5"), usual[0]?.actionAttention[0]);
  });

  it("--unnorm-key chooses the statistics", async () => {
    const statistics = (high: number): unknown => ({ action: { q01: [0], q99: [high] } });
    const model = await convertTiny({
      config: { ...CONFIG, norm_stats: { one: statistics(1), ten: statistics(10) } },
    });
    const actionWith = async (key: string): Promise<number> =>
      (await actOn(model, await numericEpisode(), "--unnorm-key", key))[0]?.action[0]?.[0] ?? Number.NaN;
    const [one, ten] = [await actionWith("one"), await actionWith("ten")];
    assert.ok(one > 0 && Math.abs(ten - 10 * one) < 1e-9, `${one} and ${ten}`);
  });
});

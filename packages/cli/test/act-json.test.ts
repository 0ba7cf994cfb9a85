import assert from "node:assert/strict";
import { act, actOn, withoutTimings } from "./support/act.ts";
import { numericEpisode, numericLines, writeEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { tinyModel } from "./support/model.ts";

const KEYS = [
  "step",
  "action",
  "tokens",
  "kept",
  "semantic",
  "forecast",
  "actionAttention",
  "decision",
  "reason",
  "timings",
];
const STAGES = ["prepare", "encodeVision", "prefillHead", "select", "act", "observe", "toAction"];

describe("act --json", () => {
  it("tells how drafts did, and acts as without them", async () => {
    const [without, drafted] = [await act(), await act("--draft", "previous")];
    assert.deepEqual(
      drafted.map(({ tokens }) => tokens),
      without.map(({ tokens }) => tokens),
    );
    assert.ok(without.every((step) => !("draft" in step)));
    const [first, second] = drafted.map(({ draft }) => draft);
    assert.equal(first, undefined);
    assert.equal(second?.source, "previous");
    assert.equal(second?.of, 6);
  });

  it("prints a line a step with the keys of the contract", async () => {
    const steps = await act();
    assert.deepEqual(
      steps.map(({ step }) => step),
      [0, 1, 2, 3, 4],
    );
    for (const step of steps) {
      assert.deepEqual(Object.keys(step), KEYS);
      assert.deepEqual(Object.keys(step.timings), STAGES);
      assert.deepEqual([step.action.length, step.action[0]?.length, step.tokens?.length], [1, 7, 7]);
      assert.deepEqual([step.semantic.length, step.semantic[0]?.length], [1, 16]);
      assert.deepEqual([step.actionAttention.length, step.actionAttention[0]?.length], [1, 16]);
    }
  });

  it("reports a forecast and the budget once the window is full, ascending indices", async () => {
    const steps = await act();
    assert.deepEqual(
      steps.map(({ decision, kept, forecast }) => [
        decision,
        kept[0]?.length,
        forecast === null ? null : forecast[0]?.length,
      ]),
      [
        ["dense", 16, null],
        ["dense", 16, null],
        ["dense", 16, null],
        ["pruned", 4, 16],
        ["pruned", 4, 16],
      ],
    );
    const kept = steps[3]?.kept[0] ?? [];
    assert.deepEqual(
      kept,
      kept.toSorted((a, b) => a - b),
    );
  });

  it("records attention of 0 for pruned tokens, and only for those", async () => {
    const [pruned] = (await act()).slice(-1);
    const kept = new Set(pruned?.kept[0]);
    for (const [index, value] of (pruned?.actionAttention[0] ?? []).entries())
      assert.equal(value > 0, kept.has(index), `token ${index}`);
  });

  it("is byte-identical when run twice, apart from timings", async () => {
    for (const options of [[], ["--pruner", "random", "--seed", "3"]]) {
      const again = await actOn(await tinyModel(), await numericEpisode(), ...options);
      assert.equal(withoutTimings(again), withoutTimings(await act(...options)));
    }
  });

  it("draws other tokens with another seed", async () => {
    const third = await act("--pruner", "random", "--seed", "3");
    const fourth = await act("--pruner", "random", "--seed", "4");
    assert.notDeepEqual(
      third.map(({ kept }) => kept),
      fourth.map(({ kept }) => kept),
    );
  });

  it("starts a new episode at a reset, as a fresh run would", async () => {
    const folder = makeFolder();
    const lines = await numericLines(folder, 5);
    const model = await tinyModel();
    const together = await actOn(
      model,
      await writeEpisode(folder, [...lines, { reset: true }, ...lines.toReversed()]),
    );
    const alone = await actOn(model, await writeEpisode(folder, lines.toReversed()));
    assert.equal(together.length, 10);
    assert.equal(together[4]?.decision, "pruned");
    assert.equal(withoutTimings(together.slice(5)), withoutTimings(alone));
  });
});

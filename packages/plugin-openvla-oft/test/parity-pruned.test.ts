import assert from "node:assert/strict";
import { createPolicy, prunerByName } from "@vla-pruner/core";
import type { StepResult, VlaModel } from "@vla-pruner/core";
import { openvlaOft } from "../src/index.ts";
import { readStatistics, unnormalizeActions } from "../src/statistics.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";
import { readGolden, readStatisticsFile, unpack } from "./support/golden.ts";
import type { PackedArray, PrunedCase, PrunedGolden } from "./support/golden.ts";
import { recordStages } from "./support/recorder.ts";

const ATTENTION_TOLERANCE = 1e-5;
const ACTION_TOLERANCE = 1e-4;

/** Choices closer than this may turn with the rounding of any other machine; the fixture has none. */
const TIE = 1e-5;

describe("openvla-oft with pruning, against the official code cut by hand", () => {
  const { cases, actionLayers } = readGolden("pruned-libero") as PrunedGolden;
  const episode = fixtureEpisode(LIBERO, 0);
  const vla = { norm_stats: readStatisticsFile(LIBERO.name), action_size: 7, state_size: 8 };
  const { action } = readStatistics(vla, undefined, "bounds_q99");
  let model: VlaModel;

  before(async () => {
    model = await loadFixture(LIBERO);
  });

  after(() => model.dispose());

  async function play({ pruner, retention, semanticRows, budget }: PrunedCase) {
    const recorder = recordStages();
    const policy = createPolicy({
      adapter: openvlaOft().createAdapter(model),
      pruner: prunerByName(pruner, {
        retention,
        actionLayers,
        ...(pruner !== "keep-all" && { budget: budget === "joint" ? "joint" : "per-view" }),
        ...(pruner === "vla-pruner" && semanticRows !== undefined && { semanticRows }),
      }),
      middleware: [recorder.middleware],
    });
    const steps: { result: StepResult; normalized: Float32Array }[] = [];
    for (const observation of episode) {
      const result = await policy.act(observation);
      steps.push({ result, normalized: recorder.normalized() });
    }
    return steps;
  }

  for (const [name, golden] of Object.entries(cases)) {
    it(`${name}: keeps the same tokens, gives the same actions`, async () => {
      const steps = await play(golden);
      assert.equal(steps.length, golden.steps.length);
      for (const [index, theirs] of golden.steps.entries()) {
        const { result, normalized } = steps[index] ?? assert.fail();
        for (const margins of theirs.margins) assertNoTie(margins, `step ${index}`);
        // Their code calls a step pruned that keeps everything.
        assert.equal(
          result.decision,
          golden.retention === 1 ? "dense" : theirs.decision,
          `decision of step ${index}`,
        );
        assert.deepEqual(keptByView(result), theirs.kept, `kept tokens of step ${index}`);
        assertClose(
          normalized,
          theirs.normalized.flat(),
          ACTION_TOLERANCE,
          `normalised action of step ${index}`,
        );
        assertClose(
          result.actions.flat(),
          unnormalizeActions(theirs.normalized.flat(), action).flat(),
          ACTION_TOLERANCE,
          `action of step ${index}`,
        );
        assertVector(result.actionAttention, theirs.actionAttention, `action attention of step ${index}`);
        assertVector(result.forecast, theirs.forecast, `forecast of step ${index}`);
        if (golden.semanticRows !== undefined) {
          assertVector(
            result.semantic[golden.semanticRows],
            theirs.semantic,
            `semantic attention of step ${index}`,
          );
        }
      }
    });
  }

  it("holds every case that the method describes, over at least eight calls", () => {
    const wanted = ["prefill", "last"].flatMap((rows) =>
      [1, 0.5, 0.25, 0.125].map((retention) => `${rows}/${retention}`),
    );
    for (const name of [...wanted, "prefill/0.25/joint", "fastv"])
      assert.ok((cases[name]?.steps.length ?? 0) >= 8, name);
  });
});

function keptByView({ views, keep }: StepResult): number[][] {
  return views.map(({ start, count }) =>
    [...keep].filter((index) => index >= start && index < start + count).map((index) => index - start),
  );
}

function assertNoTie(margins: Readonly<Record<string, number | null>>, what: string): void {
  for (const [choice, margin] of Object.entries(margins)) {
    assert.ok(margin === null || margin >= TIE, `${what}: the golden's ${choice} choice is a tie, ${margin}`);
  }
}

/** Vectors that only some cases have; a golden `null` is one that there is not. */
function assertVector(
  ours: Float32Array | null | undefined,
  theirs: PackedArray | null | undefined,
  what: string,
): void {
  if (theirs === undefined || theirs === null) return;
  assertClose(ours ?? [], unpack(theirs), ATTENTION_TOLERANCE, what);
}

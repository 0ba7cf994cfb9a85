import assert from "node:assert/strict";
import { createPolicy, prunerByName } from "@vla-pruner/core";
import type { StepResult, VlaModel } from "@vla-pruner/core";
import { openvla } from "../src/index.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { FORMS, REFERENCE } from "./support/fixtures.ts";
import { readGolden, unpack } from "./support/golden.ts";
import type { PackedArray, PrunedCase, PrunedGolden } from "./support/golden.ts";

const ATTENTION_TOLERANCE = 1e-5;
const ACTION_TOLERANCE = 1e-6;

/** Choices closer than this may turn with the rounding of any other machine; the fixture has none. */
const TIE = 1e-6;

for (const target of FORMS)
  describe(`openvla with pruning, against the published code, for ${target}`, () => {
    const { cases, actionLayers } = readGolden("pruned-reference") as PrunedGolden;
    const episode = fixtureEpisode(REFERENCE.config, REFERENCE.seed);
    let model: VlaModel;

    before(async () => {
      model = await fixtureModel(REFERENCE, target);
    });

    async function play({ pruner, retention, semanticRows, weightOrder }: PrunedCase): Promise<StepResult[]> {
      const options = {
        retention,
        actionLayers,
        legacyWeightOrder: weightOrder === "legacy",
        ...(semanticRows !== undefined && { semanticRows }),
      };
      const policy = createPolicy({
        adapter: openvla().createAdapter(model),
        pruner: prunerByName(pruner, options),
      });
      const steps: StepResult[] = [];
      for (const observation of episode) steps.push(await policy.act(observation));
      return steps;
    }

    for (const [name, golden] of Object.entries(cases)) {
      it(`${name}: keeps the same tokens, chooses the same actions`, async () => {
        const steps = await play(golden);
        for (const [index, theirs] of golden.steps.entries()) {
          const ours = steps[index];
          assert.ok(ours !== undefined);
          assertNoTie(theirs.margins, `step ${index}`);
          // Their code calls a step pruned that keeps everything.
          assert.equal(
            ours.decision,
            golden.retention === 1 ? "dense" : theirs.decision,
            `decision of step ${index}`,
          );
          assert.deepEqual([...ours.keep], theirs.kept, `kept tokens of step ${index}`);
          assert.deepEqual(ours.tokens, theirs.tokens, `action tokens of step ${index}`);
          assertClose(ours.action, theirs.action, ACTION_TOLERANCE, `action of step ${index}`);
          assertRecorded(ours.actionAttention, theirs.actionAttention, `action attention of step ${index}`);
          assertForecast(ours.forecast, theirs.forecast, `forecast of step ${index}`);
        }
      });
    }

    it("holds every case that the method describes", () => {
      const orders = ["legacy", "fixed"];
      const wanted = ["last", "prefill"].flatMap((rows) =>
        [1, 0.5, 0.25, 0.125].flatMap((retention) => orders.map((order) => `${rows}/${retention}/${order}`)),
      );
      const names = Object.keys(cases);
      assert.deepEqual(
        [...wanted, "fastv", "text-vision", "sparsevlm"].filter((name) => !names.includes(name)),
        [],
      );
      const withVectors = Object.values(cases).filter(({ steps }) =>
        steps.every(({ actionAttention }) => actionAttention),
      );
      assert.equal(withVectors.length, 2, "cases with recorded attention");
    });
  });

function assertNoTie(margins: Readonly<Record<string, number | null>> | undefined, what: string): void {
  for (const [choice, margin] of Object.entries(margins ?? {})) {
    assert.ok(margin === null || margin >= TIE, `${what}: the golden's ${choice} choice is a tie, ${margin}`);
  }
}

function assertRecorded(ours: Float32Array, theirs: PackedArray | undefined, what: string): void {
  if (theirs !== undefined) assertClose(ours, unpack(theirs), ATTENTION_TOLERANCE, what);
}

/** Their forecast is divided by its own sum; ours by the sum of the weights. */
function assertForecast(
  ours: Float32Array | null,
  theirs: PackedArray | null | undefined,
  what: string,
): void {
  if (theirs === undefined) return;
  assert.equal(ours === null, theirs === null, what);
  if (ours === null || theirs === null) return;
  const sum = ours.reduce((total, value) => total + value, 0);
  assertClose(
    ours.map((value) => value / sum),
    unpack(theirs),
    ATTENTION_TOLERANCE,
    what,
  );
}

import assert from "node:assert/strict";
import type { ActResult, VlaAdapter } from "@vla-pruner/core";
import { countTokens } from "@vla-pruner/core/adapter";
import { assertClose } from "../../core/test/support/close-to.ts";
import { pi0 } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { PI0, PI05 } from "./support/fixtures.ts";
import type { NumericStep } from "./support/fixture-episode.ts";
import type { Pi0Fixture } from "./support/fixtures.ts";

const TOLERANCE = 1e-5;
const CALL = { episode: "parity" };
const STEPS = 3;
const OPTIONS = { steps: STEPS, attentionSteps: [0, 2] };
const KEPT = { "all tokens": 1, "every third token": 3 };

for (const fixture of [PI0, PI05])
  describe(`${fixture.name} from pixels to actions in one run`, () => {
    it("is one session, which takes tokens that were chosen before", async () => {
      const { sessions } = await fixtureModel(fixture, { target: "cuda", ahead: true, steps: STEPS });
      const others = fixture === PI05 ? ["time_modulation"] : [];
      assert.deepEqual(Object.keys(sessions).toSorted(), ["step", ...others]);
      assert.equal((await adapterOf(fixture, true)).layout.aheadOnly, true);
    });

    for (const [name, every] of Object.entries(KEPT))
      it(`gives actions, taps, scores and similarity of the runs apart: ${name}`, async () => {
        const [apart, whole] = [await adapterOf(fixture, false), await adapterOf(fixture, true)];
        // A camera that is absent, and there in the next call.
        for (const observation of fixtureEpisode(fixture, "absent").slice(3, 5))
          await assertAlike(apart, whole, observation, every);
      });
  });

async function adapterOf(fixture: Pi0Fixture, ahead: boolean): Promise<VlaAdapter> {
  return pi0(OPTIONS).createAdapter(await fixtureModel(fixture, { target: "cuda", ahead, steps: STEPS }));
}

async function assertAlike(
  apart: VlaAdapter,
  whole: VlaAdapter,
  observation: NumericStep,
  every: number,
): Promise<void> {
  const prepared = await apart.prepare(observation, CALL);
  const vision = await apart.encodeVision(prepared, CALL);
  const head = await apart.prefillHead(prepared, vision, CALL);
  const tokens = countTokens(vision.views);
  const keep = Int32Array.from({ length: Math.ceil(tokens / every) }, (_, index) => every * index);
  const expected = await apart.act(prepared, head, keep, CALL);
  apart.release?.({ vision, head });

  assert.ok(whole.ahead !== undefined);
  const asked = await whole.prepare(observation, CALL);
  assert.deepEqual(whole.ahead.viewsOf(asked), vision.views);
  const acted = await whole.ahead.run(asked, keep, CALL);
  assertClose(actionsOf(whole, acted), actionsOf(apart, expected), TOLERANCE, "actions");
  assert.deepEqual(tapsOf(acted), tapsOf(expected));
  for (const [index, { layer, values }] of expected.actionAttention.entries())
    assertClose(acted.actionAttention[index]?.values ?? [], values, TOLERANCE, `layer ${layer}`);
  assert.deepEqual(acted.seen.vision.views, vision.views);
  assertClose(acted.seen.vision.similarity, vision.similarity, TOLERANCE, "similarity");
  assert.equal(acted.seen.head.sequence, head.sequence);
  const scores: Readonly<Record<string, Float32Array | undefined>> = { ...acted.seen.head.semantic.scores };
  for (const [rows, score] of Object.entries(head.semantic.scores))
    assertClose(scores[rows] ?? [], score, TOLERANCE, `${rows} rows`);
}

function actionsOf(adapter: VlaAdapter, { raw }: ActResult): number[] {
  return adapter.toAction(raw).actions.flat();
}

function tapsOf({ actionAttention }: ActResult): unknown {
  return actionAttention.map(({ layer, columns }) => [layer, columns]);
}

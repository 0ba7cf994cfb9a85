import assert from "node:assert/strict";
import type { VlaAdapter } from "@vla-pruner/core";
import { assertOneRunAlike, KEPT } from "../../core/test/support/ahead-parity.ts";
import { pi0 } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import * as fixtures from "./support/fixtures.ts";
import { smaller } from "./support/fixtures.ts";
import type { Pi0Fixture } from "./support/fixtures.ts";

const [PI0, PI05] = [smaller(fixtures.PI0), smaller(fixtures.PI05)];
const STEPS = 3;
const OPTIONS = { steps: STEPS, attentionSteps: [0, 2] };

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
        const adapters = [await adapterOf(fixture, false), await adapterOf(fixture, true)];
        // A camera that is absent, and there in the next call.
        for (const observation of fixtureEpisode(fixture, "absent").slice(3, 5))
          await assertOneRunAlike(adapters, observation, every);
      });
  });

async function adapterOf(fixture: Pi0Fixture, ahead: boolean): Promise<VlaAdapter> {
  return pi0(OPTIONS).createAdapter(await fixtureModel(fixture, { target: "cuda", ahead, steps: STEPS }));
}

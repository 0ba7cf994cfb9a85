import { createPolicy, random } from "@vla-pruner/core";
import type { StepResult } from "@vla-pruner/core";
import type { Target } from "@vla-pruner/format";
import { pi0 } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { PI0, PI05 } from "./support/fixtures.ts";
import type { Pi0Fixture } from "./support/fixtures.ts";
import { assertClose } from "../../core/test/support/close-to.ts";

const OPTIONS = { steps: 3, attentionSteps: [0, 2] };

describe("π0 in one run of act", () => {
  for (const fixture of [PI0, PI05]) {
    it(`${fixture.name}: as a run an Euler step, whichever of them count for attention`, async () => {
      const [one, many] = [await pruned(fixture, "cuda"), await pruned(fixture, "cpu")];
      assertClose(one.actions.flat(), many.actions.flat(), 1e-5, "actions");
      assertClose(one.actionAttention, many.actionAttention, 1e-6, "action attention");
    });
  }
});

async function pruned(fixture: Pi0Fixture, target: Target): Promise<StepResult> {
  const adapter = pi0(OPTIONS).createAdapter(await fixtureModel(fixture, { target }));
  const [observation = {}] = fixtureEpisode(fixture, "episode");
  return createPolicy({ adapter, pruner: random({ retention: 0.25, seed: 1 }) }).act(observation);
}

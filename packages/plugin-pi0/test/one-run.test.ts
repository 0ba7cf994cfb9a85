import fc from "fast-check";
import { createPolicy, random } from "@vla-pruner/core";
import type { StepResult, VlaModel } from "@vla-pruner/core";
import { pi0 } from "../src/index.ts";
import type { Pi0Options } from "../src/index.ts";
import { fixtureModel, loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { FORMS, PI0, PI05 } from "./support/fixtures.ts";
import type { Pi0Fixture } from "./support/fixtures.ts";
import { assertClose } from "../../core/test/support/close-to.ts";

/** What is asked of both forms. */
interface Ask {
  readonly options: Pi0Options;
  readonly retention: number;
  readonly seed: number;
  /** Step of the episode in which a camera is absent but once. */
  readonly step: number;
}

const asks = fc
  .record({
    retention: fc.constantFrom(1, 0.5, 0.25, 0.02),
    seed: fc.nat(),
    step: fc.constantFrom(3, 4),
    steps: fc.integer({ min: 1, max: 4 }),
    counted: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
  })
  .map(({ steps, counted, ...rest }): Ask => {
    const attentionSteps = [...new Set(counted.map((step) => step % steps))];
    return { ...rest, options: { steps, attentionSteps } };
  });

describe("π0 in one run of act", () => {
  for (const fixture of [PI0, PI05]) {
    it(`${fixture.name}: as a run an Euler step, whatever is kept, seen and counted`, async () => {
      const models = await Promise.all(FORMS.map(async (target) => fixtureModel(fixture, { target })));
      await fc.assert(
        fc.asyncProperty(asks, async (ask) => assertAlike(models, fixture, ask)),
        { numRuns: 4 },
      );
    });

    // A head of keys for two of queries, one for each of them; one row of actions.
    for (const changes of [{ num_key_value_heads: 2 }, { num_key_value_heads: 4, action_horizon: 1 }]) {
      it(`${fixture.name}: the same with ${JSON.stringify(changes)}`, async () => {
        const other = { ...fixture, config: { ...fixture.config, ...changes } };
        const models = await Promise.all(
          FORMS.map(async (target) => loadFixture(other, { target, statistics: true })),
        );
        const options = { steps: 3, attentionSteps: [0, 2] };
        await assertAlike(models, other, { options, retention: 0.25, seed: 1, step: 0 });
      });
    }
  }
});

async function assertAlike(models: readonly VlaModel[], fixture: Pi0Fixture, ask: Ask): Promise<void> {
  const [many, one] = await Promise.all(models.map(async (model) => stepOf(model, fixture, ask)));
  assertClose(one?.actions.flat() ?? [], many?.actions.flat() ?? [], 1e-5, "actions");
  assertClose(one?.actionAttention ?? [], many?.actionAttention ?? [], 1e-6, "action attention");
}

async function stepOf(
  model: VlaModel,
  fixture: Pi0Fixture,
  { options, retention, seed, step }: Ask,
): Promise<StepResult> {
  const adapter = pi0(options).createAdapter(model);
  const observation = fixtureEpisode(fixture, "absent")[step] ?? {};
  return createPolicy({ adapter, pruner: random({ retention, seed }) }).act(observation);
}

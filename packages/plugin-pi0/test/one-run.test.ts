import assert from "node:assert/strict";
import fc from "fast-check";
import { createPolicy, random } from "@vla-pruner/core";
import type { StepResult, VlaModel, VlaModelParts } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { pi0 } from "../src/index.ts";
import type { Pi0Options } from "../src/index.ts";
import { fixtureModel, loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import * as fixtures from "./support/fixtures.ts";
import { FORMS, smaller } from "./support/fixtures.ts";
import type { Pi0Fixture } from "./support/fixtures.ts";
import { assertClose } from "../../core/test/support/close-to.ts";

const [PI0, PI05] = [smaller(fixtures.PI0), smaller(fixtures.PI05)];

/** What is asked of all forms. */
interface Ask {
  readonly options: Pi0Options & { readonly steps: number };
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

describe("π0 with all Euler steps in one run", () => {
  for (const fixture of [PI0, PI05]) {
    it(`${fixture.name}: as a run an Euler step, whatever is kept, seen and counted`, async () => {
      await fc.assert(
        fc.asyncProperty(asks, async (ask) => {
          const { steps } = ask.options;
          assertAlike(
            await Promise.all(
              FORMS.map(async (target) =>
                stepOf(await fixtureModel(fixture, { target, steps }), fixture, ask),
              ),
            ),
          );
        }),
        { numRuns: 4 },
      );
    });

    // A head of keys for two of queries, one for each of them; one row of actions.
    for (const changes of [{ num_key_value_heads: 2 }, { num_key_value_heads: 4, action_horizon: 1 }]) {
      it(`${fixture.name}: the same with ${JSON.stringify(changes)}`, async () => {
        const other = { ...fixture, config: { ...fixture.config, ...changes } };
        const ask = { options: { steps: 3, attentionSteps: [0, 2] }, retention: 0.25, seed: 1, step: 0 };
        const made = FORMS.map(async (target) => {
          const model = await loadFixture(other, { target, statistics: true, steps: 3 });
          return stepOf(model, other, ask);
        });
        assertAlike(await Promise.all(made));
      });
    }
  }
});

for (const target of FORMS.filter((form) => form !== "cpu"))
  it(`π0 refuses Euler steps that its graphs for ${target} were not made for`, async () => {
    const model = await fixtureModel(PI0, { target, steps: 2 });
    assert.throws(() => pi0({ steps: 3 }).createAdapter(model), hasCode("invalid-option"));
    assert.ok(pi0({ steps: 2, attentionSteps: [1] }).createAdapter(model));
    await assert.rejects(loadFixture(PI0, { target, steps: 51 }), hasCode("invalid-option"));
  });

it("π0 refuses graphs for cuda whose head hands nothing over, as earlier versions wrote them", async () => {
  const model = await fixtureModel(PI0, { target: "cuda", steps: 2 });
  const { prefill_head: head } = model.sessions;
  assert.ok(head);
  const { name, inputNames } = head;
  const outputNames = ["semantic_attention"];
  const before = {
    name,
    inputNames,
    outputNames,
    run: head.run.bind(head),
    release: head.release.bind(head),
  };
  const old = { ...partsOf(model), sessions: { ...model.sessions, prefill_head: before } };
  assert.throws(() => pi0({ steps: 2 }).createAdapter(old), hasCode("model-invalid"));
});

function partsOf({ vla, config, tokenizer, sessions }: VlaModel): VlaModelParts {
  return { vla, config, tokenizer, sessions };
}

function assertAlike([many, ...others]: readonly StepResult[]): void {
  for (const one of others) {
    assertClose(one.actions.flat(), many?.actions.flat() ?? [], 1e-5, "actions");
    assertClose(one.actionAttention ?? [], many?.actionAttention ?? [], 1e-6, "action attention");
  }
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

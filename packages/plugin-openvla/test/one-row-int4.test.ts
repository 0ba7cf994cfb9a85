import assert from "node:assert/strict";
import { createPolicy, keepAll, VlaModel } from "@vla-pruner/core";
import type { EpisodeState, StepResult } from "@vla-pruner/core";
import { describeQuantized } from "../../core/test/support/quantized-parity.ts";
import { openvla } from "../src/index.ts";
import { convertedFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { fixtureNamed } from "./support/fixtures.ts";

/** Its heads let the rotation be fused, so that caches are written in place. */
const FIXTURE = fixtureNamed("covered-positions");
const OBSERVATIONS = fixtureEpisode(FIXTURE.config, FIXTURE.seed).slice(0, 5);

/** `act` in a dtype, all else in float32. */
async function load(dtype: string): Promise<VlaModel> {
  const folder = await convertedFixture(FIXTURE, { "*": "fp32", act: ["fp32", "fp32_q4"] }, "cuda");
  return VlaModel.from_pretrained(folder, { dtype: { act: dtype } });
}

describeQuantized("openvla for cuda", {
  plugin: openvla(),
  load,
  observations: OBSERVATIONS,
  // The prompt is exact, so that errors are those of six tokens' own passes.
  tolerances: { fp32_q4: { attention: 0.3, action: 0.1, kept: 0.9 } },
});

describe("openvla for cuda, int4 where a token goes alone", () => {
  const [observation = {}] = OBSERVATIONS;
  const models: VlaModel[] = [];
  /** Steps without a draft, and with the tokens of float32 as one: in float32, then mixed. */
  const greedy: StepResult[] = [];
  const drafted: StepResult[] = [];

  before(async () => {
    let right: EpisodeState | undefined;
    for (const dtype of ["fp32", "fp32_q4"]) {
      const model = await load(dtype);
      models.push(model);
      const adapter = openvla().createAdapter(model);
      const policy = createPolicy({ adapter, pruner: keepAll(), drafts: true });
      greedy.push(await policy.act(observation));
      right ??= policy.saveState();
      policy.restoreState(right);
      drafted.push(await policy.act(observation));
    }
  });

  after(() => Promise.all(models.map((model) => model.dispose())));

  it("takes scores and the first token from exact passes, and the others not", () => {
    const [exact, mixed] = greedy;
    assert.deepEqual(mixed?.semantic, exact?.semantic);
    assert.equal(mixed?.tokens?.[0], exact?.tokens?.[0]);
    assert.notDeepEqual(mixed?.actionAttention, exact?.actionAttention);
  });

  it("equals float32 number for number where a draft is right: all of it goes with the prompt", () => {
    const [exact, mixed] = drafted;
    assert.equal(mixed?.draft?.accepted, 4);
    assert.deepEqual(mixed?.tokens, exact?.tokens);
    assert.deepEqual(mixed?.actionAttention, exact?.actionAttention);
  });
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { createPolicy, keepAll, textVision, VlaModel, vlaPruner } from "@vla-pruner/core";
import type { Observation, StepResult, TokenPruner } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { openvla } from "../src/index.ts";
import type { OpenVlaOptions } from "../src/index.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { temporaryFolder } from "../../core/test/support/temporary-folder.ts";
import { convertIn, fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { fixtureNamed } from "./support/fixtures.ts";
import { writeCheckpoint } from "./support/openvla-fixture.ts";

const TOLERANCE = 1e-5;

describe("openvla adapter at its edges", () => {
  const fixture = fixtureNamed("grouped-query");
  const episode = fixtureEpisode(fixture.config, fixture.seed);
  const [observation] = episode as [Observation];
  let model: VlaModel;

  before(async () => {
    model = await fixtureModel(fixture);
  });

  it("gives the same numbers from graphs that tap fewer layers", async () => {
    const folder = await temporaryFolder();
    await writeCheckpoint(join(folder, "checkpoint"), fixture);
    // No layer below the cut is tapped then: the head has no action tap at all.
    const options = { ...fixture.options, actionLayers: [5], tapLayers: "action" } as const;
    await convertIn(folder, options);
    const fewer = await VlaModel.from_pretrained(join(folder, "model"));
    const pruner = vlaPruner({ retention: 0.5, actionLayers: [5] });
    const [theirs, ours] = [await play(fewer, pruner, episode), await play(model, pruner, episode)];
    await fewer.dispose();
    assert.deepEqual(
      ours.map(({ tokens, keep }) => [tokens, keep]),
      theirs.map(({ tokens, keep }) => [tokens, keep]),
    );
    for (const [index, { actionAttention, semantic }] of theirs.entries()) {
      assertClose(
        ours[index]?.actionAttention ?? [],
        actionAttention,
        TOLERANCE,
        `action attention of step ${index}`,
      );
      assertClose(
        ours[index]?.semantic.last ?? [],
        semantic.last ?? [],
        TOLERANCE,
        `semantic attention of step ${index}`,
      );
    }
  });

  it("has no text rows where the prompt has no text", async () => {
    const short = { ...observation, inputIds: [1, 7, 9] };
    const [step] = await play(model, keepAll(), [short]);
    assert.deepEqual(Object.keys(step?.semantic ?? {}), ["prefill", "last"]);
    await assert.rejects(play(model, textVision({ retention: 0.5 }), [short]), hasCode("invalid-option"));
    const [longer] = await play(model, textVision({ retention: 0.5 }), [
      { ...observation, inputIds: [1, 7, 8, 9] },
    ]);
    assert.equal(longer?.keep.length, 8);
  });

  for (const target of ["cpu", "cuda"] as const)
    it(`takes a prompt that just fits the position table, and refuses a longer one, for ${target}`, async () => {
      const own = await fixtureModel(fixture, target);
      const room = 512 - 16 - 7;
      const inputIds = Array.from({ length: room }, (_, index) => 1 + (index % 900));
      const [step] = await play(own, keepAll(), [{ ...observation, inputIds }]);
      assert.equal(step?.sequence, room + 16);
      const longer = play(own, keepAll(), [{ ...observation, inputIds: [...inputIds, 1] }]);
      await assert.rejects(longer, hasCode("observation-invalid"));
    });

  it("asks for the tokenizer only when there is text", async () => {
    assert.equal(model.tokenizer, null);
    const { pixelValues } = observation;
    await assert.rejects(
      play(model, keepAll(), [{ ...(pixelValues && { pixelValues }), instruction: "wave" }]),
      hasCode("tokenizer-missing"),
    );
  });

  it("ends prompts with the empty token that config.json names", async () => {
    const folder = await temporaryFolder();
    const config = { ...fixture.config, empty_token_id: 703 };
    await writeCheckpoint(join(folder, "checkpoint"), { ...fixture, config });
    await convertIn(folder, fixture.options);
    const named = await VlaModel.from_pretrained(join(folder, "model"));
    const tokenizer = { encode: () => [1, 5, 6] };
    const { pixelValues } = observation;
    const { sessions, vla } = named;
    const adapter = openvla().createAdapter({ sessions, vla, config: named.config, tokenizer });
    const prompt = await adapter.prepare(
      { ...(pixelValues && { pixelValues }), instruction: "wave" },
      { episode: "one" },
    );
    await named.dispose();
    assert.deepEqual((prompt as { ids: number[] }).ids, [1, 5, 6, 703]);
  });

  it("takes the options of every plugin, and refuses a misspelt one by name", () => {
    openvla({ seed: 3, centerCrop: true });
    assert.throws(() => openvla({ centercrop: true } as OpenVlaOptions), /centercrop; write centerCrop/u);
  });

  it("refuses a model without one of its sessions", () => {
    const { act: _, ...sessions } = model.sessions;
    const { vla, config, tokenizer } = model;
    assert.throws(
      () => openvla().createAdapter({ vla, config, tokenizer, sessions }),
      hasCode("model-invalid"),
    );
  });
});

async function play(
  model: VlaModel,
  pruner: TokenPruner,
  observations: readonly Observation[],
): Promise<StepResult[]> {
  const policy = createPolicy({ adapter: openvla().createAdapter(model), pruner });
  const steps: StepResult[] = [];
  for (const observation of observations) steps.push(await policy.act(observation));
  return steps;
}

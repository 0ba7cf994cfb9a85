import assert from "node:assert/strict";
import { createPolicy, keepAll, vlaPruner } from "@vla-pruner/core";
import type { VlaModel } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { openvlaOft } from "../src/index.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import type { NumericStep } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";
import { readGolden, unpack } from "./support/golden.ts";
import type { DenseGolden } from "./support/golden.ts";
import { recordStages } from "./support/recorder.ts";

const HIDDEN_TOLERANCE = 1e-4;
const ACTION_TOLERANCE = 1e-4;

describe("openvla-oft with FiLM, against the official code", () => {
  const [theirs] = (readGolden("dense-libero") as DenseGolden).cases["film"]?.steps ?? [];
  const episode = fixtureEpisode(LIBERO, 0);
  let model: VlaModel;

  before(async () => {
    model = await loadFixture(LIBERO, { head: "film" });
  });

  after(() => model.dispose());

  it("sees the same pictures, steered by the prompt, and gives the same actions", async () => {
    const recorder = recordStages();
    const adapter = openvlaOft().createAdapter(model);
    const policy = createPolicy({ adapter, pruner: keepAll(), middleware: [recorder.middleware] });
    await policy.act(episode[0] as NumericStep);
    assert.ok(theirs?.imageFeatures !== undefined);
    const { rows, shape } = theirs.imageFeatures;
    const [, width = 0] = shape;
    const features = rows.flatMap((row) => [...recorder.features().subarray(row * width, (row + 1) * width)]);
    assertClose(features, unpack(theirs.imageFeatures), HIDDEN_TOLERANCE, "image_features");
    assertClose(recorder.normalized(), theirs.normalized.flat(), ACTION_TOLERANCE, "normalised action");
  });

  it("prunes to the budget after the window is full", async () => {
    const adapter = openvlaOft().createAdapter(model);
    const policy = createPolicy({ adapter, pruner: vlaPruner({ retention: 0.25 }) });
    const kept: number[] = [];
    for (const observation of episode.slice(0, 5)) kept.push((await policy.act(observation)).keep.length);
    assert.deepEqual(kept, [128, 128, 128, 32, 32]);
  });

  it("is refused without the session that reads the prompt for it", () => {
    const { language_embedding: _, ...sessions } = model.sessions;
    const { vla, config, tokenizer } = model;
    assert.throws(
      () => openvlaOft().createAdapter({ vla, config, tokenizer, sessions }),
      hasCode("model-invalid"),
    );
  });
});

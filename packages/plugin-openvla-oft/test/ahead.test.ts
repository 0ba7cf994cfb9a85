import assert from "node:assert/strict";
import type { Observation, VlaAdapter, AheadRun, VlaModel } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { assertClose } from "../../core/test/support/close-to.ts";
import { openvlaOft } from "../src/index.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { ALOHA, LIBERO } from "./support/fixtures.ts";
import type { OftFixture } from "./support/fixtures.ts";

const TOLERANCE = 1e-5;
const CALL = { episode: "parity" };

const KEPT: Readonly<Record<string, (tokens: number) => Int32Array>> = {
  "all tokens": (tokens) => Int32Array.from({ length: tokens }, (_, index) => index),
  "every third token": (tokens) =>
    Int32Array.from({ length: Math.ceil(tokens / 3) }, (_, index) => 3 * index),
};

const CASES: readonly (readonly [OftFixture, number])[] = [
  [LIBERO, 1],
  [LIBERO, 2],
  [ALOHA, 3],
];

for (const [fixture, views] of CASES)
  describe(`openvla-oft from pixels to actions in one run, ${views} views`, () => {
    const observations = fixtureEpisode(fixture, 0)
      .slice(0, 2)
      .map((step) => showing(step, views));
    const models: VlaModel[] = [];
    const adapters: VlaAdapter[] = [];

    before(async () => {
      models.push(await loadFixture(fixture, { target: "cuda", views }));
      models.push(await loadFixture(fixture, { target: "cuda", ahead: true, views }));
      adapters.push(...models.map((model) => openvlaOft().createAdapter(model)));
    });

    after(() => Promise.all(models.map((model) => model.dispose())));

    it("is one session, which takes tokens that were chosen before", () => {
      assert.deepEqual(Object.keys(models[1]?.sessions ?? {}), ["step"]);
      assert.equal(adapters[1]?.layout.aheadOnly, true);
    });

    for (const [name, keepOf] of Object.entries(KEPT))
      it(`gives actions, taps, scores and similarity of the runs apart: ${name}`, async () => {
        const { apart, whole, ahead } = both(adapters);
        for (const observation of observations) {
          const prepared = await apart.prepare(observation, CALL);
          const vision = await apart.encodeVision(prepared, CALL);
          const head = await apart.prefillHead(prepared, vision, CALL);
          const keep = keepOf(vision.views.reduce((sum, { count }) => sum + count, 0));
          const theirs = await apart.act(prepared, head, keep, CALL);
          const ours = await ahead.run(await whole.prepare(observation, CALL), keep, CALL);
          const [one, other] = [whole.toAction(ours.raw), apart.toAction(theirs.raw)];
          assertClose(one.actions.flat(), other.actions.flat(), TOLERANCE, "actions");
          for (const [index, { layer, values }] of theirs.actionAttention.entries())
            assertClose(ours.actionAttention[index]?.values ?? [], values, TOLERANCE, `layer ${layer}`);
          const { seen } = ours;
          assert.deepEqual(seen.vision.views, vision.views);
          assertClose(seen.vision.similarity, vision.similarity, TOLERANCE, "similarity");
          const { scores, ...facts } = seen.head.semantic;
          const { scores: expected, ...expectedFacts } = head.semantic;
          assert.deepEqual([facts, seen.head.sequence], [expectedFacts, head.sequence]);
          for (const [rows, score] of Object.entries(expected))
            assertClose(scores[rows as keyof typeof scores] ?? [], score, TOLERANCE, `${rows} rows`);
          assertClose(
            seen.head.currentAction ?? [],
            head.currentAction ?? [],
            TOLERANCE,
            "this call's action",
          );
          apart.release?.({ vision, head });
        }
      });
  });

describe("openvla-oft from pixels to actions in one run", () => {
  for (const head of ["film", "diffusion"])
    it(`is refused with ${head}, and without graphs for CUDA`, async () => {
      const steps = head === "diffusion" && { steps: 2 };
      const wanted = { head, ahead: true, ...steps };
      await assert.rejects(loadFixture(LIBERO, { ...wanted, target: "cuda" }), hasCode("invalid-option"));
      await assert.rejects(loadFixture(LIBERO, wanted), /--target cuda/u);
    });
});

/** The first views of an observation. */
function showing(observation: Observation, views: number): Observation {
  const { pixelValues } = observation;
  assert.ok(pixelValues?.dims !== undefined, "pixels of known sizes");
  const [, , height = 0, width = 0] = pixelValues.dims;
  return { ...observation, pixelValues: { data: pixelValues.data.slice(0, views * 6 * height * width) } };
}

interface Both {
  readonly apart: VlaAdapter;
  readonly whole: VlaAdapter;
  readonly ahead: AheadRun;
}

function both([apart, whole]: readonly VlaAdapter[]): Both {
  assert.ok(apart !== undefined && whole?.ahead !== undefined);
  return { apart, whole, ahead: whole.ahead };
}

import assert from "node:assert/strict";
import type { Observation, VlaAdapter, VlaModel } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { assertOneRunAlike, KEPT } from "../../core/test/support/ahead-parity.ts";
import { openvlaOft } from "../src/index.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { ALOHA, LIBERO } from "./support/fixtures.ts";
import type { OftFixture } from "./support/fixtures.ts";

const CASES: readonly (readonly [OftFixture, number])[] = [
  [LIBERO, 1],
  [LIBERO, 2],
  [ALOHA, 3],
];

for (const [fixture, views] of CASES)
  describe(`openvla-oft from pixels to actions in one run, ${views} views`, () => {
    const models: VlaModel[] = [];
    const adapters: VlaAdapter[] = [];

    before(async () => {
      for (const ahead of [false, true])
        models.push(await loadFixture(fixture, { target: "cuda", ahead, views }));
      adapters.push(...models.map((model) => openvlaOft().createAdapter(model)));
    });

    after(() => Promise.all(models.map((model) => model.dispose())));

    it("is one session, which takes tokens that were chosen before", () => {
      assert.deepEqual(Object.keys(models[1]?.sessions ?? {}), ["step"]);
      assert.equal(adapters[1]?.layout.aheadOnly, true);
    });

    for (const [name, every] of Object.entries(KEPT))
      it(`gives actions, taps, scores and similarity of the runs apart: ${name}`, async () => {
        for (const step of fixtureEpisode(fixture, 0).slice(0, 2))
          await assertOneRunAlike(adapters, showing(step, views), every);
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

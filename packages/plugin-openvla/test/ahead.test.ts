import assert from "node:assert/strict";
import type { VlaAdapter, VlaModel } from "@vla-pruner/core";
import { assertOneRunAlike, KEPT } from "../../core/test/support/ahead-parity.ts";
import { openvla } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { fixtureNamed, REFERENCE } from "./support/fixtures.ts";

/** Growing caches; and those that are written in place, with the rotation fused. */
for (const fixture of [REFERENCE, fixtureNamed("covered-positions")])
  describe(`openvla from pixels to tokens in one run, ${fixture.name}`, () => {
    const models: VlaModel[] = [];
    const adapters: VlaAdapter[] = [];

    before(async () => {
      for (const form of ["cuda", "cuda, ahead"] as const) models.push(await fixtureModel(fixture, form));
      adapters.push(...models.map((model) => openvla().createAdapter(model)));
    });

    it("is one session, which takes tokens that were chosen before", () => {
      assert.deepEqual(Object.keys(models[1]?.sessions ?? {}), ["step"]);
      assert.equal(adapters[1]?.layout.aheadOnly, true);
    });

    for (const [name, every] of Object.entries(KEPT))
      it(`gives tokens, taps, scores and similarity of the runs apart: ${name}`, async () => {
        for (const observation of fixtureEpisode(fixture.config, fixture.seed).slice(0, 2))
          await assertOneRunAlike(adapters, observation, every);
      });
  });

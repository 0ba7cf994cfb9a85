import assert from "node:assert/strict";
import type { VlaModel } from "@vla-pruner/core";
import { adapterContract } from "@vla-pruner/core/testing";
import type { AdapterSubject } from "@vla-pruner/core/testing";
import { openvlaOft } from "../src/index.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { ALOHA, LIBERO } from "./support/fixtures.ts";
import type { OftFixture } from "./support/fixtures.ts";

const MODELS: readonly (readonly [
  string,
  OftFixture,
  { readonly head?: string; readonly steps?: number },
])[] = [
  ["two cameras, L1 head", LIBERO, {}],
  ["three cameras, L1 head", ALOHA, {}],
  ["two cameras, FiLM", LIBERO, { head: "film" }],
  ["two cameras, diffusion head", LIBERO, { head: "diffusion", steps: 2 }],
];

for (const [name, fixture, options] of MODELS) {
  describe(`openvla-oft adapter: ${name}`, () => {
    let model: VlaModel;
    let subject: AdapterSubject;

    before(async () => {
      model = await loadFixture(fixture, options);
      const observations = fixtureEpisode(fixture, model.vla["chunk"] === 25 ? 350 : 56).slice(0, 4);
      subject = { createAdapter: () => openvlaOft().createAdapter(model), observations };
    });

    after(() => model.dispose());

    for (const [check, run] of Object.entries(adapterContract)) it(check, () => run(subject));

    it("is made for its own architecture", () => {
      assert.equal(openvlaOft().architecture, model.vla.architecture);
    });
  });
}

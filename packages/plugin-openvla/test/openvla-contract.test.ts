import assert from "node:assert/strict";
import type { VlaModel } from "@vla-pruner/core";
import { adapterContract } from "@vla-pruner/core/testing";
import type { AdapterSubject } from "@vla-pruner/core/testing";
import { pixelsOfColour } from "../../core/test/support/pixels-of-colour.ts";
import { openvla } from "../src/index.ts";
import type { OpenVlaVla } from "../src/openvla-vla.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { FORMS, fixtureNamed } from "./support/fixtures.ts";

for (const form of [...FORMS, "cuda, ahead"] as const)
  describe(`openvla adapter, graphs for ${form}`, () => {
    // Grouped heads, and two layers below the cut: the variant in which most can go wrong. Graphs for CUDA have more
    // that can where the size of a head lets them fuse the rotation.
    const fixture = fixtureNamed(form === "cpu" ? "grouped-query" : "covered-positions");
    let model: VlaModel;
    let subject: AdapterSubject;

    before(async () => {
      model = await fixtureModel(fixture, form);
      const observations = fixtureEpisode(fixture.config, fixture.seed).slice(0, 4);
      const { size, normalize } = (model.vla as unknown as OpenVlaVla).image_processor;
      subject = {
        createAdapter: () => openvla().createAdapter(model),
        observations,
        pixelsOfColour: (colour) => ({ data: pixelsOfColour(normalize, size, colour) }),
      };
    });

    for (const [name, check] of Object.entries(adapterContract)) it(name, () => check(subject));

    it("is made for its own architecture", () => {
      assert.equal(openvla().architecture, model.vla.architecture);
    });
  });

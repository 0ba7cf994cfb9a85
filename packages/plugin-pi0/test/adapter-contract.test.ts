import type { PixelValues } from "@vla-pruner/core";
import { adapterContract } from "@vla-pruner/core/testing";
import { pixelsOfColour } from "../../core/test/support/pixels-of-colour.ts";
import { pi0 } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode, withoutNoise } from "./support/fixture-episode.ts";
import * as fixtures from "./support/fixtures.ts";
import { FORMS, sideOf, smaller } from "./support/fixtures.ts";

const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

const [PI0, PI05] = [smaller(fixtures.PI0), smaller(fixtures.PI05)];

/** Graphs of every device, those for WebGPU of π0 alone; π0 in one run from pixels on, too. */
const SUBJECTS = [
  ...FORMS.map((target) => ({ fixture: PI0, target, ahead: false })),
  ...(["cpu", "cuda"] as const).map((target) => ({ fixture: PI05, target, ahead: false })),
  { fixture: PI0, target: "cuda", ahead: true } as const,
];

for (const { fixture, target, ahead } of SUBJECTS) {
  describe(`adapter contract: ${fixture.name}, graphs for ${target}${ahead ? ", ahead" : ""}`, () => {
    const pixels = (colour: readonly number[]): PixelValues => ({
      data: pixelsOfColour([HALF, HALF, HALF], sideOf(fixture), colour),
    });
    const episode = fixtureEpisode(fixture, "episode").slice(0, 4);
    // Noise of its own follows the state; given noise, only the model can. π0.5 has its state among the words.
    const observations = fixture === PI0 ? episode : episode.map(withoutNoise);
    const createAdapter = async () =>
      pi0({ steps: 2 }).createAdapter(await fixtureModel(fixture, { target, ahead, steps: 2 }));

    for (const [name, check] of Object.entries(adapterContract)) {
      it(name, () => check({ createAdapter, observations, pixelsOfColour: pixels }));
    }
  });
}

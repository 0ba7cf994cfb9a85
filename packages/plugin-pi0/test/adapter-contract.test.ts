import { adapterContract } from "@vla-pruner/core/testing";
import { pi0 } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode, withoutNoise } from "./support/fixture-episode.ts";
import { PI0, PI05 } from "./support/fixtures.ts";

for (const fixture of [PI0, PI05]) {
  describe(`adapter contract: ${fixture.name}`, () => {
    const observations = fixtureEpisode(fixture, "episode").slice(0, 4).map(withoutNoise);
    const createAdapter = async () => pi0({ steps: 2 }).createAdapter(await fixtureModel(fixture));

    for (const [name, check] of Object.entries(adapterContract)) {
      it(name, () => check({ createAdapter, observations }));
    }
  });
}

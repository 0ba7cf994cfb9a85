import { describeQuantized } from "../../core/test/support/quantized-parity.ts";
import { pi0 } from "../src/index.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { PI0, PI05 } from "./support/fixtures.ts";

for (const fixture of [PI0, PI05]) {
  describeQuantized(fixture.name, {
    plugin: pi0({ steps: 4 }),
    load: (dtype) => loadFixture(fixture, { dtype }),
    observations: fixtureEpisode(fixture, "episode").slice(0, 5),
    // Random weights attend erratically, so that small errors grow; trained ones are compared in closed loop.
    tolerances: {
      q8: { attention: 0.12, action: 0.03, kept: 0.7 },
      q4: { attention: 0.7, action: 0.25, kept: 0.45 },
      q4f16: { attention: 0.7, action: 0.25, kept: 0.45 },
    },
  });
}

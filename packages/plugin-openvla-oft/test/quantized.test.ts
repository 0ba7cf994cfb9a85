import { describeQuantized } from "../../core/test/support/quantized-parity.ts";
import { openvlaOft } from "../src/index.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";

describeQuantized("openvla-oft", {
  plugin: openvlaOft(),
  load: (dtype) => loadFixture(LIBERO, { dtype }),
  observations: fixtureEpisode(LIBERO, 0).slice(0, 5),
  // Random weights attend erratically, so that small errors grow; trained ones are compared in closed loop.
  tolerances: {
    q8: { attention: 0.08, action: 0.12, kept: 0.7 },
    q4: { attention: 0.5, action: 0.7, kept: 0.45 },
    q4f16: { attention: 0.5, action: 0.7, kept: 0.45 },
  },
});

import { VlaModel } from "@vla-pruner/core";
import { describeQuantized } from "../../core/test/support/quantized-parity.ts";
import { openvla } from "../src/index.ts";
import { convertedFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { REFERENCE } from "./support/fixtures.ts";

describeQuantized("openvla", {
  plugin: openvla(),
  load: async (dtype) => VlaModel.from_pretrained(await convertedFixture(REFERENCE, dtype)),
  observations: fixtureEpisode(REFERENCE.config, REFERENCE.seed).slice(0, 5),
  // Random weights attend erratically, so that small errors grow; trained ones are compared in closed loop.
  tolerances: {
    q8: { attention: 0.35, action: 0.1, kept: 0.65 },
    q4: { attention: 0.8, action: 0.25, kept: 0.45 },
    q4f16: { attention: 0.8, action: 0.25, kept: 0.45 },
  },
});

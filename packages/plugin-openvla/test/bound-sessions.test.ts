import { assertBoundAlike } from "@vla-pruner/core/testing";
import { openvla } from "../src/index.ts";
import { convertedFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { REFERENCE } from "./support/fixtures.ts";

describe("openvla with sessions that are bound to memory", () => {
  for (const form of ["cpu", "cuda"] as const)
    it(`does what it does with others: ${form}`, async () => {
      const observations = fixtureEpisode(REFERENCE.config, REFERENCE.seed).slice(0, 5);
      await assertBoundAlike(await convertedFixture(REFERENCE, "fp32", form), openvla(), observations);
    });
});

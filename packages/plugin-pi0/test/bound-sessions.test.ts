import { assertBoundAlike } from "@vla-pruner/core/testing";
import { pi0 } from "../src/index.ts";
import { convertedFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { PI0, PI05 } from "./support/fixtures.ts";

const STEPS = 3;

describe("pi0 with sessions that are bound to memory", () => {
  const cases = [
    [PI0, "cpu"],
    [PI0, "webgpu"],
    [PI0, "cuda"],
    [PI05, "cuda"],
  ] as const;
  for (const [fixture, target] of cases)
    it(`does what it does with others: ${fixture.name}, ${target}`, async () => {
      const folder = await convertedFixture(fixture, { target, steps: STEPS });
      const plugin = pi0({ steps: STEPS, attentionSteps: [0, 2] });
      // A camera that is absent, and there again.
      await assertBoundAlike(folder, plugin, fixtureEpisode(fixture, "absent").slice(1, 6));
    });
});

import { assertBoundAlike } from "@vla-pruner/core/testing";
import { openvlaOft } from "../src/index.ts";
import { convert, fixtureFolder } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";

describe("openvla-oft with sessions that are bound to memory", () => {
  for (const [name, options] of Object.entries({ cpu: {}, cuda: { target: "cuda" } } as const))
    it(`does what it does with others: ${name}`, async () => {
      const folder = await convert(await fixtureFolder(LIBERO), { views: LIBERO.views, ...options });
      await assertBoundAlike(folder, openvlaOft(), fixtureEpisode(LIBERO, 0).slice(0, 5));
    });
});

import { assertRefusesDamage } from "../../core/test/support/damaged-blocks.ts";
import { pi0 } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { PI0, PI05, smaller } from "./support/fixtures.ts";

for (const fixture of [PI0, PI05]) {
  describe(`${fixture.name} on a damaged config.json`, () => {
    it("says what is wrong, wherever it is", async () => {
      await assertRefusesDamage(pi0(), await fixtureModel(smaller(fixture), { statistics: true }));
    });
  });
}

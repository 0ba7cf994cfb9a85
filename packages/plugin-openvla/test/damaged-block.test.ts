import { assertRefusesDamage } from "../../core/test/support/damaged-blocks.ts";
import { openvla } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureNamed } from "./support/fixtures.ts";

describe("openvla on a damaged config.json", () => {
  it("says what is wrong, wherever it is", async () => {
    await assertRefusesDamage(openvla(), await fixtureModel(fixtureNamed("grouped-query")));
  });
});

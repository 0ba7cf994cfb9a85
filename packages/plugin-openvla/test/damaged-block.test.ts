import { VlaModel } from "@vla-pruner/core";
import { assertRefusesDamage } from "../../core/test/support/damaged-blocks.ts";
import { openvla } from "../src/index.ts";
import { convertedFixture } from "./support/converted-fixture.ts";
import { fixtureNamed } from "./support/fixtures.ts";

describe("openvla on a damaged config.json", () => {
  it("says what is wrong, wherever it is", async () => {
    const model = await VlaModel.from_pretrained(await convertedFixture(fixtureNamed("grouped-query")));
    try {
      await assertRefusesDamage(openvla(), model);
    } finally {
      await model.dispose();
    }
  });
});

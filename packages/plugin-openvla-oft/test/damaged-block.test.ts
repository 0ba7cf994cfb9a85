import { assertRefusesDamage } from "../../core/test/support/damaged-blocks.ts";
import { openvlaOft } from "../src/index.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { LIBERO } from "./support/fixtures.ts";

describe("openvla-oft on a damaged config.json", () => {
  it("says what is wrong, wherever it is", async () => {
    const model = await loadFixture(LIBERO);
    try {
      await assertRefusesDamage(openvlaOft(), model);
    } finally {
      await model.dispose();
    }
  });
});

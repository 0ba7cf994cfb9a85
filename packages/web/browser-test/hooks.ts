import { CHROMIUM, HOW_TO_GET_ONE } from "./support/chromium.ts";
import { closeLaboratories } from "./support/laboratory.ts";
import { removeModels } from "./support/models.ts";
import { closeSites } from "./support/site.ts";

/** Around all browser tests: without a browser they are skipped, aloud. */
export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    if (CHROMIUM !== null) return;
    console.log(HOW_TO_GET_ONE);
    this.skip();
  },
  async afterAll(): Promise<void> {
    await closeSites();
    await closeLaboratories();
    await removeModels();
  },
};

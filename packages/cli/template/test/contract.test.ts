import { adapterContract } from "@vla-pruner/core/testing";
import { toyVla } from "../src/index.ts";
import { syntheticModel } from "./synthetic-model.ts";

describe("the adapter contract", () => {
  for (const [name, check] of Object.entries(adapterContract)) {
    it(name, async () => {
      const adapter = toyVla().createAdapter(await syntheticModel());
      const observations = [1, 2, 3, 4].map((seed) => adapter.exampleObservation(seed));
      await check({ createAdapter: () => adapter, observations });
    });
  }
});

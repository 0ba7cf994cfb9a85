import { adapterContract } from "@vla-pruner/core/testing";
import { recipeContract } from "@vla-pruner/onnx/testing";
import { toyRecipe } from "../src/convert.ts";
import { toyVla } from "../src/index.ts";
import { TOY_CONFIG } from "../src/toy-sizes.ts";
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

describe("the recipe contract", () => {
  for (const [name, check] of Object.entries(recipeContract))
    it(name, () => check({ recipe: toyRecipe, config: TOY_CONFIG }));
});

import assert from "node:assert/strict";
import { recipeContract } from "../../src/testing.ts";
import type { RecipeSubject } from "../../src/testing.ts";
import type { ModelRecipe } from "../../src/convert/model-recipe.ts";
import { readFields } from "../../src/convert/config-fields.ts";
import { strictRecipe } from "../support/strict-recipe.ts";

const CONFIG = { model_type: "strict", size: 8 };

/** Recipes that break one rule each, by the check that sees it. */
const BROKEN: Readonly<Record<string, readonly ModelRecipe[]>> = {
  "reads every tensor of its own checkpoints, or says why not": [
    { ...strictRecipe, plan: (request) => ({ ...strictRecipe.plan(request), unneeded: [] }) },
    { ...strictRecipe, fields: { model_type: "read" } },
  ],
  "refuses a tensor that it does not know, by name": [
    {
      ...strictRecipe,
      plan: (request) => ({
        ...strictRecipe.plan(request),
        unneeded: [{ name: /./u, because: "whatever it is" }],
      }),
    },
  ],
  "refuses a checkpoint without a tensor that it reads": [
    // Reads of another tensor what it does not find.
    {
      ...strictRecipe,
      plan: (request) => {
        const { checkpoint } = request;
        const lenient = {
          names: checkpoint.names,
          info: (name: string) => checkpoint.info(name) ?? checkpoint.info("second.weight"),
          read: checkpoint.read.bind(checkpoint),
          close: async () => {},
        };
        return strictRecipe.plan({ ...request, checkpoint: lenient });
      },
    },
  ],
  "refuses a tensor of another shape": [
    {
      ...strictRecipe,
      plan: (request) => {
        const { checkpoint } = request;
        const square = {
          names: checkpoint.names,
          info: (name: string) => checkpoint.info(name) && { dtype: "F32" as const, dims: [8, 8] },
          read: checkpoint.read.bind(checkpoint),
          close: async () => {},
        };
        return strictRecipe.plan({ ...request, checkpoint: square });
      },
    },
  ],
  "refuses two tensors that mean one": [
    // Tells them apart by a name of its own, and forgives it.
    {
      ...strictRecipe,
      sanitize: (name, all) =>
        all.filter((own) => own === name).length > 1 ? `${name}.${Math.random()}` : name,
      plan: (request) => ({
        ...strictRecipe.plan(request),
        unneeded: [{ name: /\.0\.|unused/u, because: "another copy" }],
      }),
    },
  ],
  "refuses an adapter that is not merged": [
    {
      ...strictRecipe,
      mergesAdapters: /./u,
      plan: (request) => ({
        ...strictRecipe.plan(request),
        unneeded: [{ name: /lora|unused/u, because: "small" }],
      }),
    },
  ],
  "warns of a field of the config that it does not know, by name": [
    { ...strictRecipe, fields: readFields("model_type", "size", "a_field_of_tomorrow") },
  ],
  "gives a name once and for all": [{ ...strictRecipe, sanitize: (name) => `a.${name}` }],
};

describe("the recipe contract", () => {
  const good: RecipeSubject = { recipe: strictRecipe, config: CONFIG };
  for (const [name, check] of Object.entries(recipeContract)) {
    it(`holds of a good recipe: ${name}`, () => check(good));
    for (const [index, recipe] of (BROKEN[name] ?? []).entries()) {
      it(`fails a broken recipe: ${name}, ${index + 1}`, async () => {
        await assert.rejects(check({ recipe, config: CONFIG }));
      });
    }
  }

  it("names no check that there is none of", () => {
    for (const name of Object.keys(BROKEN)) assert.ok(name in recipeContract, name);
  });
});

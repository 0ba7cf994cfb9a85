// What `vla-pruner … --plugin examples/toy-vla/index.ts` and `loadPolicy` want of a plugin.
export { toyVla as plugin } from "./toy-adapter.ts";
export { toyRecipe as recipe } from "./toy-recipe.ts";

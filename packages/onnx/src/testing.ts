// Contracts for packages that convert an architecture of their own; needs Node.
export { recipeContract } from "./testing/recipe-contract.ts";
export type { RecipeCheck, RecipeSubject } from "./testing/recipe-contract.ts";

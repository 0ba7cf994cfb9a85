export { pi0Recipe } from "./recipe/pi0-recipe.ts";
export { pi0Recipe as recipe } from "./recipe/pi0-recipe.ts";

export { pi0Recipe, pi0Recipe as recipe } from "./recipe/pi0-recipe.ts";

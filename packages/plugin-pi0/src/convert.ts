export { pi0Recipe } from "./recipe/pi0-recipe.ts";

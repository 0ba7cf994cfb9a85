export { openvlaRecipe } from "./recipe/openvla-recipe.ts";
export { openvlaRecipe as recipe } from "./recipe/openvla-recipe.ts";

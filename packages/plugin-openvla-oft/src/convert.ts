export { openvlaOftRecipe } from "./recipe/oft-recipe.ts";
export { openvlaOftRecipe as recipe } from "./recipe/oft-recipe.ts";

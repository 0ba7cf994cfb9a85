export { openvlaOftRecipe, openvlaOftRecipe as recipe } from "./recipe/oft-recipe.ts";

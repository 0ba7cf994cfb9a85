export { openvlaRecipe, openvlaRecipe as recipe } from "./recipe/openvla-recipe.ts";

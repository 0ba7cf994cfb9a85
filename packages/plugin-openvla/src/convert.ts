export { openvlaRecipe } from "./recipe/openvla-recipe.ts";

export { openvlaOftRecipe } from "./recipe/oft-recipe.ts";

export { toyRecipe, toyRecipe as recipe } from "./toy-recipe.ts";

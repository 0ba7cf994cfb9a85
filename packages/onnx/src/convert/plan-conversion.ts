import { checkFields } from "./config-fields.ts";
import type { DtypeChoice } from "./dtypes.ts";
import { refuseForeign } from "./foreign-tensors.ts";
import type { ModelRecipe, RecipeRequest } from "./model-recipe.ts";
import { planSessions } from "./plan-sessions.ts";
import type { TypedPlan } from "./plan-sessions.ts";
import { checkTensors } from "./strict-tensors.ts";
import { SanitizedSource } from "./tensor-names.ts";

/** A conversion that may be carried out. */
export interface CheckedPlan extends TypedPlan {
  /** What the user should know before trusting the model, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Plans a conversion, and sees that nothing is left out that would change the actions: every field of the config is
 * known, every tensor is read or known to be unneeded.
 *
 * @param block numbers of a row that share a scale in int4
 * @throws `invalid-option`, `config-invalid`, `checkpoint-invalid`, `tensor-missing`, `tensor-shape`,
 * `tensor-unexpected`, and what the recipe throws
 */
export async function planConversion(
  recipe: ModelRecipe,
  request: Omit<RecipeRequest, "floatType">,
  choice: DtypeChoice,
  block: number,
): Promise<CheckedPlan> {
  const { config } = request;
  const unknown = recipe.fields === undefined ? [] : checkFields(config, recipe.fields, "config.json");
  const checkpoint = new SanitizedSource(request.checkpoint, recipe);
  refuseForeign(checkpoint.names, recipe.mergesAdapters);
  const plan = planSessions(recipe, { ...request, checkpoint }, choice, block);
  const graphs = plan.sessions.map(({ graph }) => graph);
  await checkTensors(graphs, plan.sessions[0]?.source ?? checkpoint, plan.unneeded ?? []);
  return { ...plan, warnings: [...unknown, ...(plan.warnings ?? [])] };
}

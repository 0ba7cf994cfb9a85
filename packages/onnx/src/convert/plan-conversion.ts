import { checkFields } from "./config-fields.ts";
import type { ConvertedDtypes } from "./dtypes.ts";
import { refuseForeign } from "./foreign-tensors.ts";
import type { ModelRecipe, RecipeRequest } from "./model-recipe.ts";
import { planSessions } from "./plan-sessions.ts";
import type { TypedPlan } from "./plan-sessions.ts";
import { checkTensors } from "./strict-tensors.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
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
  choice: ConvertedDtypes,
  block: number,
): Promise<CheckedPlan> {
  const { config } = request;
  const unknown = recipe.fields === undefined ? [] : checkFields(config, recipe.fields, "config.json");
  const checkpoint = new SanitizedSource(request.checkpoint, recipe);
  refuseForeign(checkpoint.names, recipe.mergesAdapters);
  const plan = planSessions(recipe, { ...request, checkpoint }, choice, block);
  const graphs = plan.sessions.map(({ graph }) => graph);
  await checkTensors(graphs, plan.sessions[0]?.source ?? checkpoint, plan.unneeded ?? []);
  return { ...plan, warnings: [...unknown, ...mixedHalves(request.checkpoint), ...(plan.warnings ?? [])] };
}

/** No library saves both: one read as the other is a weight of another size, and nothing else would tell. */
function mixedHalves(checkpoint: TensorSource): string[] {
  const names = (dtype: string): string[] =>
    checkpoint.names.filter((name) => checkpoint.info(name)?.dtype === dtype);
  const [half, brain] = [names("F16"), names("BF16")];
  if (half.length === 0 || brain.length === 0) return [];
  const [few, many] = half.length < brain.length ? [half, brain] : [brain, half];
  return [
    `${few[0]}${few.length > 1 ? ` and ${few.length - 1} more tensors are` : " is"} stored in another half precision than ${many.length} others: one of F16 and BF16 is wrong, unless they were saved so`,
  ];
}

import { invalidOption, planCut } from "@vla-pruner/onnx/convert";
import type { CutPlan, RecipeOptions } from "@vla-pruner/onnx/convert";

/**
 * The cut at K and the layers that are tapped, for a model of one view, one action a call and no denoising.
 *
 * @throws `invalid-option`
 */
export function planOneView(layers: number, options: RecipeOptions): CutPlan {
  const { views = 1, chunk = 1, steps } = options;
  if (views !== 1) throw invalidOption("--views 1", views, "OpenVLA looks at one picture; leave --views out");
  if (chunk !== 1)
    throw invalidOption("--chunk 1", chunk, "OpenVLA gives one action a call; leave --chunk out");
  if (steps !== undefined)
    throw invalidOption("no --steps", steps, "OpenVLA does not denoise; leave --steps out");
  return planCut(layers, options);
}

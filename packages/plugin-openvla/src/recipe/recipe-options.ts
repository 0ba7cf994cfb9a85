import { VlaPrunerError } from "@vla-pruner/errors";
import { planCut } from "@vla-pruner/onnx";
import type { CutPlan, RecipeOptions } from "@vla-pruner/onnx";

/**
 * The cut at K and the layers that are tapped, for a model of one view.
 *
 * @throws `invalid-option`
 */
export function planOneView(layers: number, options: RecipeOptions): CutPlan {
  if ((options.views ?? 1) === 1) return planCut(layers, options);
  throw new VlaPrunerError("invalid-option", {
    expected: "--views 1",
    found: String(options.views),
    fix: "OpenVLA looks at one picture; leave --views out",
  });
}

import { VlaPrunerError } from "@vla-pruner/errors";
import type { RecipeOptions } from "@vla-pruner/onnx";
import { planCut as planPrismaticCut } from "@vla-pruner/prismatic/convert";
import type { CutPlan } from "@vla-pruner/prismatic/convert";

/**
 * The cut at K and the layers that are tapped, for a model of one view.
 *
 * @throws `invalid-option`
 */
export function planCut(layers: number, options: RecipeOptions): CutPlan {
  if ((options.views ?? 1) === 1) return planPrismaticCut(layers, options);
  throw new VlaPrunerError("invalid-option", {
    expected: "--views 1",
    found: String(options.views),
    fix: "OpenVLA looks at one picture; leave --views out",
  });
}

import { checkTemporalOptions } from "../memory/temporal-options.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { derivedPruner } from "./derived-pruner.ts";

/**
 * A pruner whose forecast knows this very call: where the action rows exist below the cut, their attention at layer
 * K − 1 joins the history as its newest entry, with weight 1 before `γ, γ² …` (ours, not the paper's). Warm-up stays as
 * it is. The step's reported forecast is the one without it.
 *
 * @example vlaPipeline(model, { plugins: [openvlaOft()], pruner: withCurrentAction(vlaPruner({ retention: 0.25 })) })
 *
 * @param pruner one that reads the forecast
 */
export function withCurrentAction(pruner: TokenPruner): TokenPruner {
  const { window, decay } = checkTemporalOptions(pruner.temporal ?? {});
  const past = Array.from({ length: window }, (_, age) => decay ** (age + 1)).reduce(
    (sum, weight) => sum + weight,
    0,
  );
  return derivedPruner(pruner, {
    needsCurrentAction: true,
    select(context) {
      const { forecast, currentAction: map } = context;
      if (forecast === null || map === null) return pruner.select(context);
      const joined = forecast.map((value, column) => ((map[column] ?? 0) + past * value) / (1 + past));
      return pruner.select({ ...context, forecast: joined });
    },
  });
}

import { keepAll, vlaPruner } from "@vla-pruner/core";
import type { Policy, TokenPruner, VlaPrunerOptions } from "@vla-pruner/core";
import type { InformedPruner } from "./informed-pruner.ts";

/**
 * A pruner with the true action map of this very call in place of the forecast: a dense pass of the same
 * observation comes first. It costs more than it saves.
 *
 * @param make the pruner that reads the map as its forecast; VLA-Pruner where absent
 */
export function actionNow(
  policy: Policy,
  name: string,
  options: VlaPrunerOptions,
  make: (options: VlaPrunerOptions) => TokenPruner = vlaPruner,
): InformedPruner {
  const inner = make(options);
  const scout = policy.startEpisode({ pruner: { ...keepAll(), temporal: options } });
  let forecast: Float32Array | null = null;
  return {
    pruner: { ...inner, name, select: (context) => inner.select({ ...context, forecast }) },
    beforeCall: async ({ observation }) => {
      const { actionAttention } = await scout.act(observation);
      forecast = actionAttention;
    },
  };
}

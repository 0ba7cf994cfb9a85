import { keepAll } from "@vla-pruner/core";
import type { Episode, Policy, StageMiddleware, TokenPruner } from "@vla-pruner/core";

/**
 * Puts the true action map of this very call in place of the forecast: a dense pass of the same observation comes
 * first. It costs more than it saves.
 *
 * @param temporal memory options of the pruner that reads the map
 */
export function actionNow(policy: Policy, temporal: TokenPruner["temporal"]): StageMiddleware {
  const scout: Episode = policy.startEpisode({ pruner: { ...keepAll(), ...(temporal && { temporal }) } });
  return {
    async select(input, next) {
      const { actionAttention } = await scout.act(input.context.observation);
      return next({ ...input, context: { ...input.context, forecast: actionAttention } });
    },
  };
}

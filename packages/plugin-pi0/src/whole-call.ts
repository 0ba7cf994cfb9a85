import { countTokens, int64Tensor, requiredFloat32, semanticAttention } from "@vla-pruner/core/adapter";
import type { AheadRun } from "@vla-pruner/core";
import type { OneRunCall } from "./one-run-call.ts";
import type { Pi0Prompt } from "./prepare-step.ts";
import type { RawActions } from "./raw-actions.ts";

/** A call from pixels on in one run of `step`, for tokens that were chosen before it. */
export function wholeCall(step: OneRunCall): AheadRun<Pi0Prompt, RawActions> {
  return {
    viewsOf: ({ spans }) => spans,
    async run({ ids, pixels, spans, state, noise, reference }, keep) {
      const vision = countTokens(spans);
      const sequence = vision + ids.length;
      const { actions, outputs } = await step.run(
        { pixel_values: pixels, input_ids: int64Tensor(ids, [1, ids.length]) },
        { sequence, vision },
        { state, noise },
        keep,
      );
      const { values, actionAttention } = actions;
      return {
        raw: { values, reference },
        actionAttention,
        seen: {
          vision: { views: spans, similarity: requiredFloat32(outputs, "image_similarity") },
          head: { semantic: semanticAttention(outputs, { sequence }), sequence },
        },
      };
    },
  };
}

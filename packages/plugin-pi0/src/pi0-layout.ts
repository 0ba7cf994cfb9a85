import type { DecoderCost, ModelLayout } from "@vla-pruner/core";
import { layoutOf } from "@vla-pruner/core/adapter";
import type { Pi0Vla } from "./pi0-vla.ts";
import type { Pi0Options } from "./pi0-options.ts";
import { ALIASES, VIEWS } from "./views.ts";

/** The structural facts of a converted π0. */
export function pi0Layout(vla: Pi0Vla, steps: number, cameras: Pi0Options["cameras"] = {}): ModelLayout {
  return {
    ...layoutOf(vla, VIEWS.slice(0, vla.views)),
    cameraAliases: { ...ALIASES, ...cameras },
    reads: { state: readsState(vla), noise: true },
    semanticRows: "prefill",
    ...(vla.one_run === true && { actRuns: 1 }),
    ...(vla.one_denoise === true && { actRuns: 2 }),
    ...(vla.ahead === true && { aheadOnly: true }),
    cost: costOf(vla, steps),
  };
}

/** The prefix is the decoder of the cost model. There is no head; projections to and from actions are not counted. */
function costOf(
  { decoder, expert, tower, views, vision_tokens_per_view: tokens, horizon, variant }: Pi0Vla,
  steps: number,
): DecoderCost {
  const { layers, hidden, intermediate, head_size: headSize } = decoder;
  return {
    layers,
    hidden,
    intermediate,
    vocabulary: 0,
    decodeSteps: 0,
    towers: Array.from({ length: views }, () => ({ ...tower, tokens })),
    expert: {
      ...expert,
      queryWidth: decoder.heads * headSize,
      keyValueWidth: decoder.key_value_heads * headSize,
      rows: variant === "pi05" ? horizon : horizon + 1,
      steps,
    },
  };
}

/** π0.5 without the state in its prompt needs one for relative actions alone. */
function readsState({ variant, prompt_state: inPrompt, relative_actions: relative }: Pi0Vla): boolean {
  return variant === "pi0" || inPrompt !== false || relative !== undefined;
}

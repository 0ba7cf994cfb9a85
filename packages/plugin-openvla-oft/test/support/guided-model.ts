import { float32Tensor } from "@vla-pruner/core/adapter";
import type { VlaModel, VlaModelParts } from "@vla-pruner/core";
import type { GraphSession } from "@vla-pruner/core/adapter";

/** A diffusion model whose every denoising step starts from a given sample, and what it predicted there. */
export interface GuidedModel {
  readonly parts: VlaModelParts;
  /** By denoising step, float32 `[chunk · action]`. */
  readonly predictions: Float32Array[];
}

/**
 * Puts given samples in place of a model's own: a random head is chaotic, and carries rounding from one
 * denoising step to the next many times enlarged.
 *
 * @param samples what each step but the first starts from
 */
export function guidedModel(
  { vla, config, tokenizer, sessions }: VlaModel,
  samples: readonly Float32Array[],
): GuidedModel {
  const predictions: Float32Array[] = [];
  const { prefill_head: head, act } = sessions as { prefill_head: GraphSession; act: GraphSession };
  const guidedHead: GraphSession = {
    ...head,
    run: async (feeds) => {
      const sample = samples[predictions.length - 1];
      const dims = feeds["noisy_actions"]?.dims ?? [];
      return head.run(
        sample === undefined ? feeds : { ...feeds, noisy_actions: float32Tensor(sample, dims) },
      );
    },
  };
  const watchedAct: GraphSession = {
    ...act,
    run: async (feeds) => {
      const outputs = await act.run(feeds);
      predictions.push(Float32Array.from(outputs["noise"]?.data as Float32Array));
      return outputs;
    },
  };
  return {
    parts: { vla, config, tokenizer, sessions: { ...sessions, prefill_head: guidedHead, act: watchedAct } },
    predictions,
  };
}

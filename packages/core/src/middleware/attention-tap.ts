import { VlaPrunerError } from "@vla-pruner/format";
import { firstNotFinite } from "../first-not-finite.ts";
import type { LayerAttention, SeenAhead, SemanticAttention } from "../vla-adapter.ts";
import type { StageMiddleware } from "./stage-middleware.ts";

/** Receives the attention of one control step as it appears. */
export interface AttentionListener {
  /** Prefill attention at layer K−1, each score `[vision]`. */
  semantic?(semantic: SemanticAttention): void;
  /** Action attention by layer, with the visual tokens that were kept. */
  action?(layers: readonly LayerAttention[], keep: Int32Array): void;
}

/**
 * The attention tap: a middleware that hands every attention score on, after checking that it is made of
 * finite numbers, like the similarity that the diversity filter reads. A NaN would otherwise win or lose every
 * comparison of a selection, without a word.
 *
 * @throws `invalid-attention` on NaN or infinity
 */
export function attentionTap(listener: AttentionListener): StageMiddleware {
  return {
    async encodeVision(_, next) {
      const vision = await next();
      assertSimilarity(vision);
      return vision;
    },
    async prefillHead(_, next) {
      const head = await next();
      assertScores(head);
      listener.semantic?.(head.semantic);
      return head;
    },
    async act({ keep }, next) {
      const acted = await next();
      if (acted.seen !== undefined) {
        assertSimilarity(acted.seen.vision);
        assertScores(acted.seen.head);
        listener.semantic?.(acted.seen.head.semantic);
      }
      for (const tap of acted.actionAttention)
        assertFinite(tap.values, `action attention of layer ${tap.layer}`);
      listener.action?.(acted.actionAttention, keep);
      return acted;
    },
  };
}

function assertSimilarity({ similarity }: SeenAhead["vision"]): void {
  assertFinite(similarity, "similarity of the visual tokens");
}

function assertScores({ semantic, currentAction }: SeenAhead["head"]): void {
  for (const [rows, score] of Object.entries(semantic.scores)) {
    if (score !== undefined) assertFinite(score, `semantic attention (${rows} rows)`);
  }
  if (currentAction !== undefined) assertFinite(currentAction, "action attention of this call");
}

function assertFinite(values: Float32Array, what: string): void {
  const index = firstNotFinite(values);
  if (index < 0) return;
  throw new VlaPrunerError("invalid-attention", {
    expected: `${what}: finite numbers`,
    found: `${values[index]} at index ${index}`,
    fix: "check the observation for NaN, the weights for damage, and fp16 for overflow (try --dtype fp32)",
  });
}

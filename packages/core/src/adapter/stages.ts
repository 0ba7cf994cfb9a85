import { SEMANTIC_ROWS } from "@vla-pruner/format";
import type { GraphSession, GraphTensor } from "../runtime/graph-session.ts";
import type { SemanticAttention, ViewSpan, VisionTokens } from "../vla-adapter.ts";
import { requiredFloat32, requiredOutput } from "./outputs.ts";
import type { NamedTensors } from "./outputs.ts";

/**
 * Stage `encodeVision` with a session whose outputs are `image_features [1, vision, hidden]` and
 * `image_similarity [vision, vision]`.
 *
 * @param feeds `pixel_values` and what else the session wants
 * @param views the views that `pixel_values` shows
 * @throws `model-invalid`, `session-failed`
 */
export async function encodeViews(
  session: GraphSession,
  feeds: NamedTensors,
  views: readonly ViewSpan[],
): Promise<VisionTokens<GraphTensor>> {
  const outputs = await session.run(feeds);
  const similarity = requiredFloat32(outputs, "image_similarity");
  return { features: requiredOutput(outputs, "image_features"), similarity, views };
}

export interface SemanticFacts {
  /** Rows that were averaged for `prefill`. */
  readonly sequence: number;
  /** Place of the first visual token in the sequence, under a causal mask; absent where every row sees every column. */
  readonly causalFrom?: number;
  /** Whether the prompt has words of its own; without, there are no rows `text` and `raters`. Default true. */
  readonly hasText?: boolean;
}

/**
 * Semantic attention out of an output `semantic_attention [4, vision]`, whose rows are `SEMANTIC_ROWS`.
 *
 * @throws `model-invalid`
 */
export function semanticAttention(
  outputs: NamedTensors,
  { sequence, causalFrom, hasText = true }: SemanticFacts,
): SemanticAttention {
  const values = requiredFloat32(outputs, "semantic_attention");
  const vision = values.length / SEMANTIC_ROWS.length;
  const rows = SEMANTIC_ROWS.map((name, row) => [name, values.slice(row * vision, (row + 1) * vision)]);
  const visibleRows =
    causalFrom === undefined
      ? null
      : Float32Array.from({ length: vision }, (_, column) => sequence - causalFrom - column);
  return { scores: Object.fromEntries(hasText ? rows : rows.slice(0, 2)), visibleRows, sequence };
}

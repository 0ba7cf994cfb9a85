import {
  allPositions,
  attentionMap,
  END,
  packedWidths,
  rotate,
  SEMANTIC_ROWS,
  semanticRows,
  span,
  split,
  splitHeads,
} from "@vla-pruner/onnx/blocks";
import type { RotaryTables } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, TypedValue, Value } from "@vla-pruner/onnx/graph";
import type { OneRunPlan } from "./one-run-plan.ts";
import type { PromptRows } from "./prompt-input.ts";

interface ScoredRows extends Omit<PromptRows, "ids"> {
  /** Queries, keys and values of the prompt's rows at layer K − 1, not yet rotated, `[1, sequence, packed]`. */
  readonly packed: Value;
  readonly tables: RotaryTables;
  /** One past the last row of the prompt, int64 `[1]`, where those of a draft may follow; `null` for all. */
  readonly rows: Value | null;
}

/** Semantic scores at layer K − 1, float32 `[4, vision]`. */
export function semanticScores(
  graph: GraphBuilder,
  { packed, embeddings, image, tables, rows }: ScoredRows,
  { sizes: { decoder, visionTokens } }: OneRunPlan,
): TypedValue {
  const [rawQuery = "", rawKey = ""] = split(graph, packed, packedWidths(decoder));
  const positions = allPositions(graph, embeddings);
  const query = rotate(graph, rawQuery, positions, tables, decoder.heads);
  const key = splitHeads(graph, rotate(graph, rawKey, positions, tables, decoder.keyValueHeads), decoder);
  const map = attentionMap(graph, query, key, decoder, span(graph, 1, 1 + visionTokens), true);
  const value = semanticRows(graph, map, embeddings, image, {
    prefill: { start: 0, end: rows ?? END },
    // The reference leaves out the first and the last token after the picture.
    text: { start: 2 + visionTokens, end: rows === null ? -1 : before(graph, rows) },
  });
  return { value, type: "float32", dims: [SEMANTIC_ROWS.length, visionTokens] };
}

/** The row before a place. */
export function before(graph: GraphBuilder, place: Value): Value {
  return graph.node("Sub", [place, graph.constants.ints(1)]);
}

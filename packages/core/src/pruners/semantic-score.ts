import { VlaPrunerError } from "@vla-pruner/format";
import type { SemanticRows } from "@vla-pruner/format";
import type { SemanticAttention } from "../vla-adapter.ts";

/**
 * The semantic score `S_vl` by the chosen rows (method 2), float32 `[vision]`.
 *
 * @param visibleRows divides the mean over all rows by the share of rows that can see each column, so
 * that a causal mask does not favour early columns. Ours, not the paper's.
 */
export function semanticScore(
  semantic: SemanticAttention,
  rows: SemanticRows,
  visibleRows = false,
): Float32Array {
  const score = semantic.scores[rows];
  if (score === undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: `semantic rows that this prompt has: ${Object.keys(semantic.scores).join(", ")}`,
      found: rows,
      fix:
        rows === "text" || rows === "raters"
          ? "give a longer instruction, or use other rows"
          : "use other rows",
    });
  }
  const visible = semantic.visibleRows;
  if (!visibleRows || rows !== "prefill" || visible === null) return score;
  return score.map((value, column) => (value * semantic.sequence) / (visible[column] ?? 1));
}

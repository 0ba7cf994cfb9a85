import type { SemanticAttention, SemanticRows } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import type { DecoderCall, PromptRows } from "./prompt.ts";
import type { StockTensor } from "./stock/stock-model.ts";

/** Rows whose attention some scores need, int32, ascending; the last row in any case, which costs next to nothing. */
export function tappedRows(
  scores: readonly SemanticRows[],
  { rows }: DecoderCall,
  { text }: PromptRows,
): Int32Array {
  if (scores.includes("prefill")) return Int32Array.from({ length: rows }, (_, row) => row);
  const wanted = new Set([rows - 1]);
  if (scores.includes("text") || scores.includes("raters")) for (const row of text) wanted.add(row);
  return Int32Array.from(wanted).toSorted();
}

export interface ScoreFacts {
  readonly scores: readonly SemanticRows[];
  readonly call: DecoderCall;
  readonly prompt: PromptRows;
  readonly tapped: Int32Array;
  /** SparseVLM's weights of the text rows, `[text]`. */
  readonly raters: Float32Array;
}

/**
 * Semantic scores `[vision]` out of the tapped attention.
 *
 * @param tap float32 `[1, tapped, total]`
 * @throws `model-invalid` for a tap of another shape
 */
export function semanticScores(tap: StockTensor | undefined, facts: ScoreFacts): SemanticAttention {
  const { scores, call, prompt, tapped, raters } = facts;
  if (scores.length === 0) return { scores: {}, visibleRows: null, sequence: call.rows };
  const total = call.past + call.rows;
  const expected = [1, tapped.length, total];
  if (tap === undefined || expected.some((size, axis) => tap.dims[axis] !== size) || tap.dims.length !== 3) {
    throw new VlaPrunerError("model-invalid", {
      expected: `attention [${expected.join(", ")}] from the tapped layer`,
      found: tap === undefined ? "none" : `[${tap.dims.join(", ")}]`,
      fix: "choose another layer, or a pruner without attention and `scores: []`",
    });
  }
  const map = tap.data as Float32Array;
  const weighed = (rows: Int32Array, weight: (index: number) => number): Float32Array => {
    const sum = new Float64Array(prompt.visual.length);
    for (const [index, row] of rows.entries()) {
      const [start, share] = [tapped.indexOf(row) * total + call.past, weight(index)];
      if (share === 0) continue;
      for (const [column, visual] of prompt.visual.entries())
        sum[column] = (sum[column] ?? 0) + share * (map[start + visual] ?? 0);
    }
    return Float32Array.from(sum);
  };
  const mean = (rows: Int32Array): Float32Array => weighed(rows, () => 1 / rows.length);
  const make: Record<SemanticRows, () => Float32Array> = {
    prefill: () => mean(tapped),
    last: () => mean(Int32Array.of(call.rows - 1)),
    text: () => mean(prompt.text),
    raters: () => weighed(prompt.text, (index) => raters[index] ?? 0),
  };
  const made = scores.map((rows) => [rows, make[rows]()] as const);
  // Under a causal mask the first row sees itself alone.
  const causal =
    scores.includes("prefill") && map.subarray(call.past + 1, total).every((value) => value === 0);
  const visibleRows = causal ? Float32Array.from(prompt.visual, (row) => call.rows - row) : null;
  return { scores: Object.fromEntries(made), visibleRows, sequence: call.rows };
}

import { concat, reshape, rowsAttention, slice, transpose } from "@vla-pruner/onnx/blocks";
import type { RotatedRows } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { placeholderRows, placeholders } from "../oft-plan.ts";
import type { OftPlan } from "../oft-plan.ts";

/**
 * What the placeholders look at in the tapped ones of some layers, all of them at once, float32
 * `[layers, rows of the sequence]`; `null` where none is tapped.
 */
export function placeholderAttention(
  graph: GraphBuilder,
  made: ReadonlyMap<number, RotatedRows>,
  plan: OftPlan,
): { readonly value: Value; readonly layers: number } | null {
  const tapped = plan.cut.tappedLayers.flatMap((layer) => made.get(layer) ?? []);
  const layers = tapped.length;
  if (layers === 0) return null;
  const { keyValueHeads, headSize } = plan.sizes.decoder;
  const { start, end } = placeholderRows(graph, plan);
  const joined = (values: readonly Value[]): Value =>
    values.length === 1 ? (values[0] ?? "") : concat(graph, values, 0);
  // One slice of all layers in place of one each: what is copied beyond it costs less than launches do.
  const queries = slice(graph, joined(tapped.map(({ query }) => query)), start, end, 1);
  const flat = joined(tapped.map(({ key }) => key));
  const keys = transpose(graph, reshape(graph, flat, layers, -1, keyValueHeads, headSize), 0, 2, 1, 3);
  const rows = { layers, rows: placeholders(plan), queries, keys };
  return { value: rowsAttention(graph, rows, plan.sizes.decoder), layers };
}

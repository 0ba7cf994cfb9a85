import { concat } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { tapParts } from "../denoise-graph.ts";
import type { Pi0Plan } from "../pi0-sizes.ts";
import type { ExpertRows } from "./expert-rows.ts";

/** Queries, then keys of the tapped layers on each side of the cut, one after the other: `[layers, rows, width]`. */
export function tappedRows(
  graph: GraphBuilder,
  { sizes, cut }: Pi0Plan,
  made: readonly ExpertRows[],
): readonly TypedValue[] {
  const { heads, keyValueHeads, headSize } = sizes.expert;
  return tapParts(cut).flatMap(({ layers }) => {
    const stacked = (part: "query" | "key", count: number): TypedValue => ({
      value: concat(
        graph,
        layers.map((layer): Value => made[layer]?.rows[part] ?? ""),
        0,
      ),
      type: graph.floatType,
      dims: [layers.length, sizes.horizon, count * headSize],
    });
    return [stacked("query", heads), stacked("key", keyValueHeads)];
  });
}

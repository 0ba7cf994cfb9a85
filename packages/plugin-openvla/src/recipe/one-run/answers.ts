import { cast, concat, linear, mean } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import type { Pass } from "./decoder-pass.ts";

/** What rows answer. */
export interface Answers {
  /** The likeliest word after each row, int64 `[1, rows]`. */
  readonly tokens: Value;
  /** Mean of the logits of each row, float32 `[1, rows]`: a NaN would pass through the choice in silence. */
  readonly scores: Value;
}

/** @param hidden normed, `[1, rows, hidden]` */
export function answersOf(graph: GraphBuilder, hidden: Value, { sizes }: OneRunPlan): Answers {
  const { decoder, head } = sizes;
  const logits = linear(graph, hidden, {
    weights: [head],
    input: decoder.hidden,
    outputs: [decoder.vocabulary],
  });
  return {
    tokens: graph.node("ArgMax", [logits], { attributes: { axis: { int: -1 }, keepdims: { int: 0 } } }),
    scores: mean(graph, cast(graph, logits, graph.floatType, "float32"), [2]),
  };
}

/** Queries of the tapped layers of a side, `[layers, rows, heads · headSize]`; `null` where none is tapped. */
export function tappedQueries(
  graph: GraphBuilder,
  { queries }: Pass,
  plan: OneRunPlan,
  side: Side,
): Value | null {
  const tapped = tappedOn(plan, side).map((layer) => queries[layer] ?? "");
  if (tapped.length < 2) return tapped[0] ?? null;
  return concat(graph, tapped, 0);
}

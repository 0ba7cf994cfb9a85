import { cast, concat, linear, mean, reshape } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { likeliest } from "./likeliest.ts";
import { tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import type { Pass } from "./decoder-pass.ts";

/** What rows answer. */
export interface Answers {
  /** The likeliest word after each row, `[1, rows]`, int64; float32 on WebGPU. */
  readonly tokens: Value;
  /** Mean of the logits of each row, float32 `[1, rows]`: a NaN would pass through the choice in silence. */
  readonly scores: Value;
}

/** Type of word numbers that are read and given. WebGPU has no kernels for 64 bits: such a node is left to the processor. */
export function wordType({ target }: OneRunPlan): "int32" | "int64" {
  return target === "webgpu" ? "int32" : "int64";
}

/** Answered words as rows of the word table are asked for, and as they are given. */
export function indicesOf(graph: GraphBuilder, tokens: Value, { target }: OneRunPlan): Value {
  return target === "webgpu" ? cast(graph, tokens, "float32", "int32") : tokens;
}

/** @param hidden normed, `[1, rows, hidden]` */
export function answersOf(graph: GraphBuilder, hidden: Value, plan: OneRunPlan, rows: number): Answers {
  const { decoder, head } = plan.sizes;
  const logits = linear(graph, hidden, {
    weights: [head],
    input: decoder.hidden,
    outputs: [decoder.vocabulary],
  });
  return {
    tokens:
      plan.target === "webgpu"
        ? likeliest(graph, logits, rows, decoder.vocabulary)
        : graph.node("ArgMax", [logits], { attributes: { axis: { int: -1 }, keepdims: { int: 0 } } }),
    scores: mean(graph, cast(graph, logits, graph.floatType, "float32"), [2]),
  };
}

/**
 * Packed rows of the tapped layers of a side, those of a layer from all passes one after the other,
 * `[layers, rows of all passes, packed]`; `null` where none is tapped.
 *
 * @param passes of one row each, where there are several
 */
export function tappedRows(
  graph: GraphBuilder,
  passes: readonly Pick<Pass, "tapped">[],
  plan: OneRunPlan,
  side: Side,
): Value | null {
  const layers = tappedOn(plan, side);
  const rows = layers.flatMap((layer) => passes.map(({ tapped }) => tapped.get(layer) ?? ""));
  if (rows.length < 2) return rows[0] ?? null;
  const all = concat(graph, rows, 0);
  return passes.length === 1 ? all : reshape(graph, all, layers.length, passes.length, -1);
}

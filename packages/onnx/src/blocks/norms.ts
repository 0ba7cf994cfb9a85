import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import { vector } from "./linear.ts";

/** Spread of norm weights: they scale, or are offsets from 1. */
const NORM_SCALE = { mean: 1, deviation: 0.1 };
const NORM_OFFSET = { deviation: 0.1 };

/**
 * Root mean square norm over the last axis, `[…, size]`.
 *
 * @param plus 1 where the checkpoint stores the weight as an offset from 1 (Gemma)
 */
export function rmsNorm(
  graph: GraphBuilder,
  x: Value,
  weight: string,
  size: number,
  epsilon: number,
  plus = 0,
): Value {
  return scaledRmsNorm(graph, x, normScale(graph, weight, size, plus), epsilon);
}

/** Scale of a root mean square norm, `[size]`; `plus` as in `rmsNorm`. */
export function normScale(graph: GraphBuilder, weight: string, size: number, plus = 0): Value {
  return vector(graph, [weight], [size], plus, plus === 0 ? NORM_SCALE : NORM_OFFSET);
}

/** Root mean square norm over the last axis with a scale `[size]` that the graph has already. */
export function scaledRmsNorm(graph: GraphBuilder, x: Value, scale: Value, epsilon: number): Value {
  return graph.node("SimplifiedLayerNormalization", [x, scale], {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon }, stash_type: { int: 1 } },
  });
}

/** Layer norm over the last axis with `<name>.weight` and `<name>.bias`, `[…, size]`. */
export function layerNorm(graph: GraphBuilder, x: Value, name: string, size: number, epsilon: number): Value {
  return graph.node("LayerNormalization", [x, ...layerNormWeights(graph, name, size)], {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
  });
}

/** Scale and shift of a layer norm, `[size]` each: `<name>.weight` and `<name>.bias`. */
export function layerNormWeights(
  graph: GraphBuilder,
  name: string,
  size: number,
): readonly [scale: Value, shift: Value] {
  return [vector(graph, [`${name}.weight`], [size], 0, NORM_SCALE), vector(graph, [`${name}.bias`], [size])];
}

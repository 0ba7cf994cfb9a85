import { cast, reshape, scaledStreamNorm, streamNorm } from "@vla-pruner/onnx/blocks";
import type { NormedStream, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { expertNorms } from "../expert-norms.ts";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import type { LayerForm } from "./layer-form.ts";

/** The expert's norms over a stream, by their place in the order of `expertNorms`. */
export type StreamNormalize = (stream: Stream, index: number) => NormedStream;

/** π0: plain root mean square norms. */
export function plainStreamNorms(graph: GraphBuilder, sizes: Pi0Sizes): StreamNormalize {
  const norms = expertNorms(sizes);
  return (stream, index) => streamNorm(graph, stream, `${norms[index]}.weight`, sizes.expert);
}

/**
 * π0.5: what `modulatedStreamNorms` reads, for every step in the graph's float type, `[steps, norms · 3 · hidden]`.
 *
 * @param modulation float32 `[steps, norms, 3 · hidden]`: `1 + scale`, shift and gate
 */
export function stepModulations(graph: GraphBuilder, modulation: Value): Value {
  return reshape(graph, cast(graph, modulation, "float32", graph.floatType), 0, -1);
}

/** π0.5: norms whose scale, shift and gate depend on the time: those of a step, all of them cut out at once. */
export function modulatedStreamNorms(
  graph: GraphBuilder,
  sizes: Pi0Sizes,
  step: Value,
  { split }: LayerForm,
): StreamNormalize {
  const { hidden, epsilon } = sizes.expert;
  const parts = split(
    graph,
    step,
    Array.from({ length: 3 * expertNorms(sizes).length }, () => hidden),
  );
  return (stream, index) => {
    const [scale = "", shift = "", gate] = parts.slice(3 * index);
    const { normed, rest } = scaledStreamNorm(graph, stream, scale, epsilon);
    return { normed: graph.node("Add", [normed, shift]), rest, gate };
  };
}

import { cast, concat, dense, modulatedRmsNorm, rmsNorm, split, unsqueeze } from "@vla-pruner/onnx/blocks";
import type { Normed } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "./pi0-sizes.ts";

/** The expert's norms, with a gate `[hidden]` in π0.5; by their place in the order of `expertNorms`. */
export type Normalize = (x: Value, index: number) => Normed;

/** Checkpoint names of the expert's norms, without `.weight`: two a layer, then the final one. */
export function expertNorms({ names, decoder }: Pi0Sizes): string[] {
  const layers = Array.from({ length: decoder.layers }, (_, layer) => `${names.expert}layers.${layer}.`);
  return [
    ...layers.flatMap((layer) => [`${layer}input_layernorm`, `${layer}post_attention_layernorm`]),
    `${names.expert}norm`,
  ];
}

/** π0: plain root mean square norms. */
export function plainNorms(graph: GraphBuilder, sizes: Pi0Sizes): Normalize {
  const norms = expertNorms(sizes);
  const { hidden, epsilon, normPlus } = sizes.expert;
  return (x, index) => ({ value: rmsNorm(graph, x, `${norms[index]}.weight`, hidden, epsilon, normPlus) });
}

/**
 * π0.5: norms whose scale, shift and gate depend on the time.
 *
 * @param modulation one row a norm: `1 + scale`, shift and gate, float32 `[norms, 3 · hidden]`
 */
export function modulatedNorms(graph: GraphBuilder, { expert }: Pi0Sizes, modulation: Value): Normalize {
  const { hidden, epsilon } = expert;
  const typed = cast(graph, modulation, "float32", graph.floatType);
  return (x, index) => {
    const row = graph.node("Gather", [typed, graph.constants.int(index)], {
      attributes: { axis: { int: 0 } },
    });
    const [scale = "", shift = "", gate = ""] = split(graph, row, [hidden, hidden, hidden]);
    return { value: modulatedRmsNorm(graph, x, scale, shift, epsilon), gate };
  };
}

/**
 * Modulations of all norms for some times, float32 `[times, norms, 3 · hidden]`: what `modulatedNorms` reads.
 *
 * @param condition `[times, hidden]`
 */
export function modulations(graph: GraphBuilder, sizes: Pi0Sizes, condition: Value): Value {
  const { hidden } = sizes.expert;
  const rows = expertNorms(sizes).map((name) => {
    const made = dense(graph, condition, `${name}.dense`, hidden, 3 * hidden, { exact: true });
    const wide = cast(graph, made, graph.floatType, "float32");
    const [scale = "", shift = "", gate = ""] = split(graph, wide, [hidden, hidden, hidden]);
    const plusOne = graph.node("Add", [scale, graph.constants.float(1)]);
    return unsqueeze(graph, concat(graph, [plusOne, shift, gate], 1), 1);
  });
  return concat(graph, rows, 1);
}

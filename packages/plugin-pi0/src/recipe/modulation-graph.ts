import { activate, cast, linear } from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { FloatType, PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { expertNorms, modulations } from "./expert-norms.ts";
import type { Pi0Sizes } from "./pi0-sizes.ts";

/**
 * Graph `time_modulation` of π0.5: sinusoidal embeddings of all Euler times, float32 `[times, hidden]` →
 * scale, shift and gate of every expert norm at every time, float32 `[times, norms, 3 · hidden]`.
 *
 * Times are known beforehand, so this runs once in a policy's life: a third as many weights again as the
 * expert itself, which no Euler step has to read.
 */
export function modulationGraph(
  sizes: Pi0Sizes,
  checkpoint: TensorSource,
  floatType: FloatType,
): PlannedGraph {
  const { expert, names } = sizes;
  const graph = new GraphBuilder("time_modulation", checkpoint, floatType);
  const times = graph.input("time_embedding", "float32", ["times", expert.hidden]);
  const dense = (x: Value, name: string): Value =>
    linear(graph, x, {
      weights: [`${names.root}${name}.weight`],
      biases: [`${names.root}${name}.bias`],
      input: expert.hidden,
      outputs: [expert.hidden],
    });
  const inner = activate(graph, dense(cast(graph, times, "float32", floatType), "time_mlp_in"), "silu");
  const condition = activate(graph, dense(inner, "time_mlp_out"), "silu");
  graph.output(modulations(graph, sizes, condition), "modulation", "float32", [
    "times",
    expertNorms(sizes).length,
    3 * expert.hidden,
  ]);
  return graph.build();
}

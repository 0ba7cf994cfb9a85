import { activate, dense, floatInput } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { expertNorms, modulations } from "./expert-norms.ts";
import type { Pi0Plan } from "./pi0-sizes.ts";

/**
 * Graph `time_modulation` of π0.5: sinusoidal embeddings of all Euler times, float32 `[times, hidden]` →
 * scale, shift and gate of every expert norm at every time, float32 `[times, norms, 3 · hidden]`.
 *
 * Times are known beforehand, so this runs once in a policy's life, and is never quantised: a third as many weights again as the
 * expert itself, which no Euler step has to read.
 */
export function modulationGraph({ sizes, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { hidden } = sizes.expert;
  const graph = new GraphBuilder("time_modulation", checkpoint, floatType);
  const times = floatInput(graph, "time_embedding", ["times", hidden]);
  const layer = (x: Value, name: string): Value =>
    activate(graph, dense(graph, x, name, hidden, hidden, { exact: true }), "silu");
  const condition = layer(layer(times, "time_mlp_in"), "time_mlp_out");
  const dims = ["times", expertNorms(sizes).length, 3 * hidden];
  graph.output(modulations(graph, sizes, condition), "modulation", "float32", dims);
  return graph.build();
}

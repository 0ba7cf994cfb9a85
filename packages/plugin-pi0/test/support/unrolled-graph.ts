import { concat, slice, sum } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { denoiseInputs, denoiseStep, pastInputs, tapOutputs } from "../../src/recipe/denoise-graph.ts";
import type { Pi0Plan } from "../../src/recipe/pi0-sizes.ts";

/** The rival of graph `denoise`: all Euler steps in one graph, π0 only. Noise → actions and mean attention. */
export function unrolledGraph({ sizes, cut, checkpoint, floatType }: Pi0Plan, steps: number): PlannedGraph {
  const { expert, horizon, actionSize } = sizes;
  const graph = new GraphBuilder("unrolled", checkpoint, floatType);
  let actions = graph.input("noisy_actions", "float32", [1, horizon, actionSize]);
  const times = graph.input("time_embedding", "float32", [steps, expert.hidden]);
  const inputs = denoiseInputs(graph, sizes, cut, pastInputs(graph, sizes, cut));
  const taps: Value[][] = [];
  for (let step = 0; step < steps; step += 1) {
    const time = slice(graph, times, step, step + 1, 0);
    const made = graph.scope(`step.${step}`, () => denoiseStep(graph, sizes, cut, inputs, { actions, time }));
    actions = graph.node("Add", [
      actions,
      graph.node("Mul", [made.velocity, graph.constants.float(Math.fround(-1 / steps))]),
    ]);
    taps.push([...made.taps]);
  }
  const means = (taps[0] ?? []).map((_, layer) => {
    const rows = taps.map((step) => step[layer] ?? "");
    return graph.node("Div", [sum(graph, concat(graph, rows, 0), [0], true), graph.constants.float(steps)]);
  });
  graph.output(actions, "actions", "float32", [1, horizon, actionSize]);
  tapOutputs(graph, cut, means);
  return graph.build();
}

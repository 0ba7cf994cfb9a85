import { rotaryTables, slice } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { pastInputs } from "../denoise-graph.ts";
import { flowOutputs } from "../one-run/flow-outputs.ts";
import type { SteppedPlan } from "../pi0-sizes.ts";
import { WEBGPU_FORM } from "./webgpu-form.ts";

/**
 * Graph `denoise` that does all Euler steps in one run, from noise to actions: after a run a step the host would wait for the
 * device, to hand back numbers that came from it.
 */
export function wholeDenoiseGraph(plan: SteppedPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const graph = new GraphBuilder("denoise", checkpoint, floatType);
  const columns = pastInputs(graph, sizes, cut).map(({ keys, values }) => ({ key: keys, value: values }));
  const counts = graph.input("vision_columns", "int64", [2]);
  const vision = [slice(graph, counts, 0, 1, 0), slice(graph, counts, 1, 2, 0)] as const;
  const tables = rotaryTables(graph, sizes.decoder);
  flowOutputs(graph, plan, { columns, vision, tables, form: WEBGPU_FORM });
  return graph.build();
}

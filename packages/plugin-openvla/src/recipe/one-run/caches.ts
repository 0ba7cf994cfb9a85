import type { LayerCache } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { sideOf } from "./one-run-plan.ts";
import type { OneRunPlan } from "./one-run-plan.ts";

/** Dims of one layer's keys or values. A growing cache has other dims after every pass, and says so. */
export function cacheDims(plan: OneRunPlan, layer: number, pass: string): (number | string)[] {
  const { keyValueHeads, headSize } = plan.sizes.decoder;
  return [1, keyValueHeads, plan.room ?? `${sideOf(plan, layer)}_${pass}`, headSize];
}

/** The caches before the first pass: rooms of a fixed size, or none. */
export function firstCaches(graph: GraphBuilder, plan: OneRunPlan): readonly (LayerCache | null)[] {
  const layers = Array.from({ length: plan.sizes.decoder.layers }, (_, layer) => layer);
  if (plan.room === null) return layers.map(() => null);
  // A size that comes from outside keeps ONNX Runtime from folding the rooms into the file.
  const shape = graph.input("cache_shape", "int64", [4]);
  const room = (layer: number, place: number): Value => {
    // Each is filled with a number of its own: equal nodes would be merged, and all layers share one room.
    const filling = graph.constants.float((2 * layer + place + 1) / 1024, graph.floatType);
    const made = graph.node("Expand", [filling, shape]);
    graph.shape(made, graph.floatType, cacheDims(plan, layer, "start"));
    return made;
  };
  return layers.map((layer) => ({ key: room(layer, 0), value: room(layer, 1) }));
}

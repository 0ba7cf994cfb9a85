import { fusesRotation } from "@vla-pruner/onnx/blocks";
import type { LayerCache } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { sideOf } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";

/** Dims of one layer's keys or values. A growing cache has other dims after every pass, and says so; a room the same. */
export function cacheDims(plan: OneRunPlan, layer: number, pass: string): (number | string)[] {
  const { keyValueHeads, headSize } = plan.sizes.decoder;
  const side = sideOf(plan, layer);
  return [1, keyValueHeads, hasRoom(plan, side) ? `${side}_room` : `${side}_${pass}`, headSize];
}

/** Whether caches of a side are as long in all passes, and are written in place. */
export function hasRoom({ target, sizes }: OneRunPlan, side: Side): boolean {
  return fusesRotation(sizes.decoder) && (target === "cuda" || side === "above");
}

/**
 * The caches before the first pass. For CUDA none: with the rows of a draft, or with as many that are none, the first pass
 * makes room for all. A room to start from would be copied, layer by layer.
 */
export function firstCaches(graph: GraphBuilder, plan: OneRunPlan): readonly (LayerCache | null)[] {
  const { layers } = plan.sizes.decoder;
  if (plan.target === "cuda") return Array.from({ length: layers }, () => null);
  // A size that comes from outside keeps ONNX Runtime from folding the room into the file.
  const room = hasRoom(plan, "above")
    ? graph.node("Expand", [
        graph.constants.float(0, graph.floatType),
        graph.input("cache_shape", "int64", [4]),
      ])
    : null;
  // One for all: the first pass reads none of it, and what it gives has rooms of its own.
  if (room !== null) graph.shape(room, graph.floatType, cacheDims(plan, layers - 1, "start"));
  return Array.from({ length: layers }, (_, layer) => {
    if (sideOf(plan, layer) === "above") return room === null ? null : { key: room, value: room };
    const [key, value] = cacheNames(layer);
    const input = (name: string): Value =>
      graph.input(name, graph.floatType, cacheDims(plan, layer, "prompt"));
    return { key: input(key), value: input(value) };
  });
}

/** Names under which `prefill_head` hands the keys and values of a layer to `act`. */
export function cacheNames(layer: number): readonly [string, string] {
  return [`cache.${layer}.key`, `cache.${layer}.value`];
}

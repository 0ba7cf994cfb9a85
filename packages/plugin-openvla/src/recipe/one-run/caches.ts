import { fusesRotation } from "@vla-pruner/onnx/blocks";
import type { LayerCache } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { sideOf } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";

/** Dims of one layer's keys or values. A growing cache has other dims after every pass, and says so; a room the same. */
export function cacheDims(plan: OneRunPlan, layer: number, pass: string): (number | string)[] {
  const { keyValueHeads, headSize } = plan.sizes.decoder;
  const side = sideOf(plan, layer);
  const length = plan.room ?? (hasRoom(plan, side) ? "above_room" : `${side}_${pass}`);
  return [1, keyValueHeads, length, headSize];
}

/** Whether caches of a side have the same size in all passes, and are written in place. */
export function hasRoom({ target, sizes, room }: OneRunPlan, side: Side): boolean {
  return room !== null || (target === "webgpu" && side === "above" && fusesRotation(sizes.decoder));
}

/** The caches before the first pass: what `prefill_head` left, a room of a fixed size, or none. */
export function firstCaches(graph: GraphBuilder, plan: OneRunPlan): readonly (LayerCache | null)[] {
  if (plan.target === "webgpu") return headCaches(graph, plan);
  const layers = Array.from({ length: plan.sizes.decoder.layers }, (_, layer) => layer);
  if (plan.room === null) return layers.map(() => null);
  // A size that comes from outside keeps ONNX Runtime from folding the room into the file.
  const shape = graph.input("cache_shape", "int64", [4]);
  // One for all: the first pass reads none of it, and what it gives has rooms of its own.
  const room = graph.node("Expand", [graph.constants.float(0, graph.floatType), shape]);
  graph.shape(room, graph.floatType, cacheDims(plan, 0, "start"));
  return layers.map(() => ({ key: room, value: room }));
}

function headCaches(graph: GraphBuilder, plan: OneRunPlan): readonly (LayerCache | null)[] {
  const { layers } = plan.sizes.decoder;
  const room = hasRoom(plan, "above")
    ? graph.node("Expand", [
        graph.constants.float(0, graph.floatType),
        graph.input("cache_shape", "int64", [4]),
      ])
    : null;
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

import { concat, rotaryTables, rowsTap, sizeOfAxis, slice, span } from "@vla-pruner/onnx/blocks";
import type { CutPlan } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { expertLayer } from "./expert-layer.ts";
import { expertNorms, modulatedNorms, plainNorms } from "./expert-norms.ts";
import { suffixRows } from "./pi0-sizes.ts";
import type { Pi0Plan, Pi0Sizes } from "./pi0-sizes.ts";
import type { PrefixCache } from "./prefix-layer.ts";
import { suffixEmbeddings, velocityOf } from "./suffix.ts";

const MASKED = -3.4e38;

/** What stays the same over all Euler steps of a call. */
export interface DenoiseInputs {
  /** float32 `[1, state]`; π0 only. */
  readonly state: Value | undefined;
  readonly positionIds: Value;
  readonly past: readonly PrefixCache[];
  /** What the rows do not see, below the cut and above: float32 `[rows, prefix + rows]`; none in π0.5. */
  readonly masks: readonly (Value | undefined)[];
  /** int64 `[1]`: visual columns below the cut, and above. */
  readonly columns: { readonly all: Value; readonly kept: Value };
}

/** What one Euler step gives. */
export interface DenoiseStep {
  /** float32 `[1, horizon, action]`. */
  readonly velocity: Value;
  /** float32 `[1, columns]` of each tapped layer, ascending. */
  readonly taps: readonly Value[];
}

/** Graph `denoise`: noisy actions at one time → their velocity, and what the action rows looked at. */
export function denoiseGraph({ sizes, cut, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { pi05, expert, horizon, actionSize } = sizes;
  const graph = new GraphBuilder("denoise", checkpoint, floatType);
  const actions = graph.input("noisy_actions", "float32", [1, horizon, actionSize]);
  const time = pi05
    ? graph.input("modulation", "float32", [expertNorms(sizes).length, 3 * expert.hidden])
    : graph.input("time_embedding", "float32", [1, expert.hidden]);
  const step = denoiseStep(
    graph,
    sizes,
    cut,
    denoiseInputs(graph, sizes, cut, pastInputs(graph, sizes, cut)),
    {
      actions,
      time,
    },
  );
  graph.output(step.velocity, "velocity", "float32", [1, horizon, actionSize]);
  tapOutputs(graph, cut, step.taps);
  return graph.build();
}

/** Makes the inputs that all Euler steps share. */
export function denoiseInputs(
  graph: GraphBuilder,
  sizes: Pi0Sizes,
  { pruneLayer }: CutPlan,
  past: readonly PrefixCache[],
): DenoiseInputs {
  const { pi05, stateSize } = sizes;
  const rows = suffixRows(sizes);
  const state = pi05 ? undefined : graph.input("state", "float32", [1, stateSize]);
  const positionIds = graph.input("position_ids", "int64", [1, rows]);
  const counts = graph.input("vision_columns", "int64", [2]);
  const masks = [past[0], past[pruneLayer]].map((cache) =>
    pi05 || cache === undefined ? undefined : suffixMask(graph, rows, cache),
  );
  const columns = { all: slice(graph, counts, 0, 1, 0), kept: slice(graph, counts, 1, 2, 0) };
  return { state, positionIds, past, masks, columns };
}

/** Keys and values of the prefix's first layers, of all of them where no number is given, as inputs. */
export function pastInputs(
  graph: GraphBuilder,
  { decoder }: Pi0Sizes,
  { pruneLayer }: CutPlan,
  layers: number = decoder.layers,
): readonly PrefixCache[] {
  return Array.from({ length: layers }, (_, layer) => {
    const length = layer < pruneLayer ? "sequence" : "kept_sequence";
    const dims = [1, decoder.keyValueHeads, length, decoder.headSize];
    const input = (part: string): Value =>
      graph.input(`past_key_values.${layer}.${part}`, graph.floatType, dims);
    return { keys: input("key"), values: input("value") };
  });
}

/** Adds one Euler step's pass through the expert. */
export function denoiseStep(
  graph: GraphBuilder,
  sizes: Pi0Sizes,
  { pruneLayer, tappedLayers }: CutPlan,
  { state, positionIds, past, masks, columns }: DenoiseInputs,
  { actions, time }: { actions: Value; time: Value },
): DenoiseStep {
  const { pi05, decoder, horizon } = sizes;
  const rows = suffixRows(sizes);
  const normalize = pi05 ? modulatedNorms(graph, sizes, time) : plainNorms(graph, sizes);
  const tables = rotaryTables(graph, decoder);
  const actionRows = span(graph, rows - horizon, rows);
  const taps: Value[] = [];
  let hidden = suffixEmbeddings(graph, sizes, { state, actions, time });
  for (const [layer, cache] of past.entries()) {
    const above = layer >= pruneLayer;
    const made = expertLayer(graph, hidden, layer, sizes, {
      normalize,
      positionIds,
      tables,
      past: cache,
      mask: masks[above ? 1 : 0],
    });
    hidden = made.hidden;
    if (!tappedLayers.includes(layer)) continue;
    const end = above ? columns.kept : columns.all;
    taps.push(rowsTap(graph, made.weights, actionRows, { start: 0, end }));
  }
  const normed = normalize(hidden, 2 * decoder.layers).value;
  return {
    velocity: velocityOf(graph, sizes, slice(graph, normed, actionRows.start, actionRows.end, 1)),
    taps,
  };
}

/** Outputs `action_attention_all` and `action_attention_kept`, `[layers, columns]`, where layers of either kind are tapped. */
export function tapOutputs(graph: GraphBuilder, cut: CutPlan, taps: readonly Value[]): void {
  for (const { name, columns, layers } of tapParts(cut)) {
    const rows = layers.map((layer) => taps[cut.tappedLayers.indexOf(layer)] ?? "");
    graph.output(concat(graph, rows, 0), name, "float32", [rows.length, columns]);
  }
}

/** Tapped layers on one side of the cut. */
interface TapPart {
  /** Of the output. */
  readonly name: string;
  readonly columns: string;
  /** 0 below the cut, 1 above it. */
  readonly side: 0 | 1;
  readonly layers: readonly number[];
}

/** Tapped layers below the cut and above; a side without any is left out. */
export function tapParts({ pruneLayer, tappedLayers }: CutPlan): readonly TapPart[] {
  const below = tappedLayers.filter((layer) => layer < pruneLayer);
  const above = tappedLayers.filter((layer) => layer >= pruneLayer);
  const parts: readonly TapPart[] = [
    { name: "action_attention_all", columns: "vision", side: 0, layers: below },
    { name: "action_attention_kept", columns: "kept", side: 1, layers: above },
  ];
  return parts.filter(({ layers }) => layers.length > 0);
}

/** float32 `[rows, prefix + rows]`: the state row sees the prefix and itself; action rows see everything. */
function suffixMask(graph: GraphBuilder, rows: number, { keys }: PrefixCache): Value {
  const values = Float32Array.from({ length: rows * rows }, (_, place) =>
    place > 0 && place < rows ? MASKED : 0,
  );
  const own = graph.weight("suffix_mask", { kind: "computed", values, dims: [rows, rows] }, "float32");
  const shape = concat(graph, [graph.constants.ints(rows), sizeOfAxis(graph, keys, 2)], 0);
  const seen = graph.node("Expand", [graph.constants.float(0), shape]);
  return concat(graph, [seen, own], 1);
}

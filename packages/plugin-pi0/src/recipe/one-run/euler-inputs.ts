import { cast, dense, reshape, rotatedRows, slice } from "@vla-pruner/onnx/blocks";
import type { LayerCache, RotaryTables, RowPlaces } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { expertNorms } from "../expert-norms.ts";
import { suffixRows } from "../pi0-sizes.ts";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import { EXACT } from "../suffix.ts";
import { placedActions, stepOf, timedActions } from "./embed-actions.ts";
import type { EmbedActions } from "./embed-actions.ts";
import { expertRows } from "./expert-rows.ts";
import type { LayerForm } from "./layer-form.ts";
import { modulatedStreamNorms, plainStreamNorms, stepModulations } from "./stream-norms.ts";
import type { StreamNormalize } from "./stream-norms.ts";

/** What all Euler steps share. */
export interface EulerInputs {
  /** What the action rows see besides themselves, layer by layer: the prefix, then the state. */
  readonly past: readonly LayerCache[];
  readonly embed: EmbedActions;
  /** The expert's norms in a step, int64 `[]`. */
  readonly normalizeIn: (step: Value) => StreamNormalize;
  /** Of the action rows. */
  readonly places: RowPlaces;
}

/** Makes the inputs for time, state and positions, and all that hangs on none but them and the prefix. */
export function eulerInputs(
  graph: GraphBuilder,
  sizes: Pi0Sizes,
  prefix: readonly LayerCache[],
  tables: RotaryTables,
  form: LayerForm,
): EulerInputs {
  const { pi05, expert, horizon } = sizes;
  const rows = suffixRows(sizes);
  const positionIds = graph.input("position_ids", "int64", [1, rows]);
  if (pi05) {
    const norms = expertNorms(sizes).length;
    const modulation = graph.input("modulation", "float32", ["steps", norms, 3 * expert.hidden]);
    const steps = stepModulations(graph, modulation);
    return {
      past: prefix,
      embed: placedActions(graph, sizes),
      normalizeIn: (step) => modulatedStreamNorms(graph, sizes, stepOf(graph, steps, step), form),
      places: { positionIds, tables },
    };
  }
  const times = graph.input("time_embedding", "float32", ["steps", expert.hidden]);
  const normalize = plainStreamNorms(graph, sizes);
  const own = { positionIds: slice(graph, positionIds, 0, rows - horizon, 1), tables };
  return {
    past: withState(graph, sizes, { past: prefix, places: own }, normalize, form),
    embed: timedActions(graph, sizes, times),
    normalizeIn: () => normalize,
    places: { positionIds: slice(graph, positionIds, rows - horizon, rows, 1), tables },
  };
}

/**
 * The prefix, and the state behind it. The state sees the prefix and itself, so that neither time nor actions change its keys
 * and values: worked out once, they are columns as the prefix's, and no row needs a mask.
 */
function withState(
  graph: GraphBuilder,
  sizes: Pi0Sizes,
  { past, places }: Pick<EulerInputs, "past" | "places">,
  normalize: StreamNormalize,
  form: LayerForm,
): readonly LayerCache[] {
  const { stateSize, expert } = sizes;
  const attend = (layer: number, packed: Value): ReturnType<LayerForm["attend"]> =>
    form.attend(graph, rotatedRows(graph, packed, expert, places), past[layer] ?? null, expert);
  return graph.scope("state", () => {
    const state = cast(graph, graph.input("state", "float32", [1, stateSize]), "float32", graph.floatType);
    const projected = dense(graph, state, "state_proj", stateSize, expert.hidden, EXACT);
    const row = reshape(graph, projected, 1, 1, expert.hidden);
    return expertRows(graph, { rest: row }, sizes, normalize, attend, form).layers.map(({ seen }) => seen);
  });
}

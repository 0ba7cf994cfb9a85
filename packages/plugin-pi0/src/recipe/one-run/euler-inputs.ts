import { slice } from "@vla-pruner/onnx/blocks";
import type { LayerCache, RotaryTables, RowPlaces } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { expertNorms } from "../expert-norms.ts";
import { suffixRows } from "../pi0-sizes.ts";
import type { Pi0Plan } from "../pi0-sizes.ts";
import { placedActions, stepOf, timedActions } from "./embed-actions.ts";
import type { AddMoves, EmbedActions } from "./embed-actions.ts";
import { firstStep } from "./first-step.ts";
import type { FirstStep } from "./first-step.ts";
import { modulatedStreamNorms, plainStreamNorms, stepModulations } from "./stream-norms.ts";
import type { StreamNormalize } from "./stream-norms.ts";

/** What the Euler steps of the loop share. */
export interface EulerInputs {
  /** What the loop starts from. */
  readonly start: FirstStep;
  readonly embed: EmbedActions;
  /** The expert's norms in a round of the loop, int64 `[]`. */
  readonly normalizeIn: (round: Value) => StreamNormalize;
  /** Of the action rows. */
  readonly places: RowPlaces;
}

/** Makes the inputs for time, state and positions, and all that hangs on none but them, the prefix and the noise. */
export function eulerInputs(
  graph: GraphBuilder,
  plan: Pi0Plan,
  prefix: readonly LayerCache[],
  tables: RotaryTables,
  { noise, move }: { readonly noise: Value; readonly move: AddMoves },
): EulerInputs {
  const { sizes } = plan;
  const { pi05, expert, horizon } = sizes;
  const rows = suffixRows(sizes);
  const positionIds = graph.input("position_ids", "int64", [1, rows]);
  if (pi05) {
    const norms = expertNorms(sizes).length;
    const modulation = graph.input("modulation", "float32", ["steps", norms, 3 * expert.hidden]);
    const steps = stepModulations(graph, modulation);
    return {
      start: { actions: noise, past: prefix, collected: null },
      embed: placedActions(graph, sizes),
      normalizeIn: (round) => modulatedStreamNorms(graph, sizes, stepOf(graph, steps, round)),
      places: { positionIds, tables },
    };
  }
  const times = graph.input("time_embedding", "float32", ["steps", expert.hidden]);
  const normalize = plainStreamNorms(graph, sizes);
  const embedFrom = timedActions(graph, sizes, times);
  const places = { positionIds, tables };
  return {
    start: firstStep(graph, plan, noise, { embed: embedFrom(0), move, normalize, places, past: prefix }),
    embed: embedFrom(1),
    normalizeIn: () => normalize,
    places: { positionIds: slice(graph, positionIds, rows - horizon, rows, 1), tables },
  };
}

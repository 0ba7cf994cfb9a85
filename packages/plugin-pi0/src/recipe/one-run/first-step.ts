import { cast, concat, dense, END, reshape, slice, streamSum, unsqueeze } from "@vla-pruner/onnx/blocks";
import type { LayerCache } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { suffixMask } from "../denoise-graph.ts";
import { suffixRows } from "../pi0-sizes.ts";
import type { Pi0Plan } from "../pi0-sizes.ts";
import { EXACT } from "../suffix.ts";
import type { AddMoves, EmbedActions } from "./embed-actions.ts";
import { expertRows } from "./expert-rows.ts";
import type { ExpertPlaces } from "./expert-rows.ts";
import { tappedRows } from "./tapped-rows.ts";

/** What the loop of Euler steps starts from. */
export interface FirstStep {
  /** float32 `[1, horizon, action]`. */
  readonly actions: Value;
  /** What the action rows see besides themselves, layer by layer: the prefix, then the state. */
  readonly past: readonly LayerCache[];
  /** What a step before the loop collected, as rounds of the loop do, `[1, layers, rows, width]` each. */
  readonly collected: readonly Value[] | null;
}

/**
 * π0's first Euler step, in which the state's row goes along. It sees the prefix and itself, so that neither time nor actions
 * change its keys and values: later steps take them as columns, and need no mask. A pass of its own would be as many nodes
 * as a step.
 *
 * @param noise float32 `[1, horizon, action]`
 */
export function firstStep(
  graph: GraphBuilder,
  plan: Pi0Plan,
  noise: Value,
  {
    embed,
    move,
    ...places
  }: Omit<ExpertPlaces, "maskOf"> & { readonly embed: EmbedActions; readonly move: AddMoves },
): FirstStep {
  const { sizes, cut } = plan;
  const { stateSize, expert, horizon } = sizes;
  const { normalize, past: prefix } = places;
  const rows = suffixRows(sizes);
  return graph.scope("first_step", () => {
    const state = cast(graph, graph.input("state", "float32", [1, stateSize]), "float32", graph.floatType);
    const row = reshape(
      graph,
      dense(graph, state, "state_proj", stateSize, expert.hidden, EXACT),
      1,
      1,
      expert.hidden,
    );
    const placed = streamSum(graph, embed(noise, graph.constants.int(0)));
    const [below, above] = [prefix[0], prefix[cut.pruneLayer]].map(
      (cache) => cache && suffixMask(graph, rows, cache.key, graph.floatType),
    );
    const { stream, layers } = expertRows(graph, { rest: concat(graph, [row, placed], 1) }, sizes, {
      ...places,
      maskOf: (layer) => (layer < cut.pruneLayer ? below : above),
    });
    const { normed } = normalize(stream, 2 * layers.length);
    const ofActions = (values: Value): Value => slice(graph, values, rows - horizon, END, 1);
    const withoutActions = (columns: Value): Value => slice(graph, columns, 0, -horizon, 2);
    return {
      actions: move(noise, ofActions(normed)),
      past: layers.map(({ seen }) => ({
        key: withoutActions(seen.key),
        value: withoutActions(seen.value),
      })),
      collected: tappedRows(graph, plan, layers).map(({ value }) => unsqueeze(graph, ofActions(value), 0)),
    };
  });
}

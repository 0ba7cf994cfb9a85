import {
  cast,
  concat,
  packedWidths,
  reshape,
  rotaryAttention,
  rotate,
  sizeOfAxis,
  slice,
  split,
  sum,
} from "@vla-pruner/onnx/blocks";
import type { CacheLengths, LayerCache, RotaryTables, RowPlaces } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import type { ActionAttention, ActionPlaces } from "./action-attention.ts";

/** Where the action rows go in caches of one length. */
interface Room {
  readonly lengths: CacheLengths;
  /** Row i turns the token at place i of the cache. */
  readonly tables: RotaryTables;
}

/**
 * Attention in one node, rotation included. Its first step makes room for the rows behind the columns; the others write over
 * what the one before wrote there, in place. So the steps must stand one after the other: what comes from outside of a loop is
 * copied in each of its rounds.
 */
export function roomActions(
  graph: GraphBuilder,
  { expert, horizon }: Pi0Sizes,
  { past, places, pruneLayer }: ActionPlaces,
): ActionAttention {
  const { keyValueHeads, headSize, heads } = expert;
  const caches = [...past];
  const room = (layer: number): Room => roomOf(graph, past[layer], horizon, places);
  const rooms = [room(0), room(pruneLayer)] as const;
  const sideOf = (layer: number): 0 | 1 => (layer < pruneLayer ? 0 : 1);
  const sayLength = ({ key, value }: LayerCache, length: string): void => {
    for (const name of [key, value]) graph.shape(name, graph.floatType, [1, keyValueHeads, length, headSize]);
  };
  // Of a past without a shape the node gathers that there is none, and that every cache is as long as the rows.
  for (const [layer, cache] of past.entries()) sayLength(cache, `columns.${sideOf(layer)}`);
  return {
    attend(layer, packed) {
      const side = sideOf(layer);
      const inputs = { ...rooms[side], past: caches[layer] ?? null, open: true };
      const { present, output } = rotaryAttention(graph, packed, expert, inputs);
      sayLength(present, `room.${side}`);
      caches[layer] = present;
      return { output, looked: [packed] };
    },
    tapped([looked = ""], layers) {
      const [queryWidth, keyWidth] = packedWidths(expert);
      const both = slice(graph, looked, 0, queryWidth + keyWidth, 3);
      const flat = reshape(graph, both, -1, horizon, queryWidth + keyWidth);
      const shape = concat(graph, [sizeOfAxis(graph, flat, 0), graph.constants.ints(horizon)], 0);
      const positions = graph.node("Expand", [places.positionIds, shape]);
      const rotated = rotate(graph, flat, positions, places.tables, heads + keyValueHeads);
      const [query = "", key = ""] = split(graph, rotated, [queryWidth, keyWidth]);
      const byStep = (x: Value, width: number): Value => reshape(graph, x, -1, layers, horizon, width);
      return { queries: byStep(query, queryWidth), keys: byStep(key, keyWidth) };
    },
  };
}

function roomOf(
  graph: GraphBuilder,
  cache: LayerCache | undefined,
  rows: number,
  { positionIds, tables }: RowPlaces,
): Room {
  const { constants } = graph;
  const columns = sizeOfAxis(graph, cache?.key ?? "", 2);
  const total = cast(graph, graph.node("Add", [columns, constants.ints(rows)]), "int64", "int32");
  // The node wants one length on the host and one on the device. Both are worked out where they are wanted: a copy from one to
  // the other would keep the call from becoming a CUDA graph.
  const counted = sum(graph, graph.node("Expand", [constants.int32s(1), columns]), [0], true);
  // Columns are rotated already: nothing reads the rows of the tables at their places.
  const unread = graph.node("Expand", [constants.ints(0), columns]);
  const turns = concat(graph, [unread, reshape(graph, positionIds, -1)], 0);
  const gathered = (table: Value): Value =>
    graph.node("Gather", [table, turns], { attributes: { axis: { int: 0 } } });
  return {
    lengths: { total, lastIndex: graph.node("Add", [counted, constants.int32s(rows - 1)]) },
    tables: { cosine: gathered(tables.cosine), sine: gathered(tables.sine) },
  };
}

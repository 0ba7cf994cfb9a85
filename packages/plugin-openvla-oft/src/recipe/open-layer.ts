import {
  openAttention,
  range,
  rotate,
  sizeOfAxis,
  splitHeads,
  transformerLayer,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { DecoderSizes, RotaryTables } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";

/** Where the rows of a sequence stand. */
export interface RowPlaces {
  /** int64 `[1, rows]`. */
  readonly positionIds: Value;
  readonly tables: RotaryTables;
}

export interface OpenLayer {
  /** `[1, rows, hidden]`. */
  readonly hidden: Value;
  /** float32 `[1, keyValueHeads, group, rows, rows]`. */
  readonly weights: Value;
}

/** One decoder layer in which every row sees every other (the official transformers fork). */
export function openLayer(
  graph: GraphBuilder,
  x: Value,
  layer: number,
  decoder: DecoderSizes,
  places: RowPlaces,
): OpenLayer {
  const { positionIds, tables } = places;
  const { hidden, attended } = transformerLayer(
    graph,
    x,
    `${DECODER}layers.${layer}.`,
    decoder,
    (projected) => {
      const query = rotate(graph, projected.query, positionIds, tables, decoder.heads);
      const keys = splitHeads(
        graph,
        rotate(graph, projected.key, positionIds, tables, decoder.keyValueHeads),
        decoder,
      );
      return openAttention(
        graph,
        { query, keys, values: splitHeads(graph, projected.value, decoder) },
        decoder,
      );
    },
  );
  return { hidden, weights: attended.weights };
}

/** Positions `0 … rows − 1` of a whole sequence, int64 `[1, rows]`. */
export function allPositions(graph: GraphBuilder, x: Value): Value {
  return unsqueeze(graph, range(graph, graph.constants.ints(0), sizeOfAxis(graph, x, 1)), 0);
}

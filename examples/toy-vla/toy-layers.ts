import {
  concat,
  openAttention,
  rotaryTables,
  rotate,
  rowsTap,
  sizeOfAxis,
  splitHeads,
  transformerLayer,
} from "@vla-pruner/onnx/blocks";
import type { ColumnRange, DecoderSizes } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";

/** What some layers give: hidden states, and each layer's attention weights for the taps. */
export interface Layers {
  readonly hidden: Value;
  readonly weights: ReadonlyMap<number, Value>;
}

/** Layers `from … to − 1` over `x [1, rows, hidden]`; every row sees every other. `positionIds [1, rows]`. */
export function toyLayers(
  graph: GraphBuilder,
  x: Value,
  positionIds: Value,
  sizes: DecoderSizes,
  [from, to]: readonly [number, number],
): Layers {
  const tables = rotaryTables(graph, sizes.positions, sizes.headSize, sizes.theta);
  const weights = new Map<number, Value>();
  let hidden = x;
  for (let layer = from; layer < to; layer += 1) {
    const made = transformerLayer(graph, hidden, `decoder.layers.${layer}.`, sizes, (projected) => {
      const query = rotate(graph, projected.query, positionIds, tables, sizes.heads);
      const key = rotate(graph, projected.key, positionIds, tables, sizes.keyValueHeads);
      const keys = splitHeads(graph, key, sizes);
      return openAttention(graph, { query, keys, values: splitHeads(graph, projected.value, sizes) }, sizes);
    });
    weights.set(layer, made.attended.weights);
    hidden = made.hidden;
  }
  return { hidden, weights };
}

/** Output `action_attention [layers, columns]`: what the action rows, the last ones, look at in the picture. */
export function actionOutput(
  graph: GraphBuilder,
  { hidden, weights }: Layers,
  tapped: readonly number[],
  chunk: number,
  columns: ColumnRange,
): void {
  const end = sizeOfAxis(graph, hidden, 1);
  const rows = { start: graph.node("Sub", [end, graph.constants.ints(chunk)]), end };
  const taps = tapped.flatMap((layer) => {
    const of = weights.get(layer);
    return of === undefined ? [] : [rowsTap(graph, of, rows, columns)];
  });
  if (taps.length === 0) return;
  graph.output(concat(graph, taps, 0), "action_attention", "float32", [taps.length, "columns"]);
}

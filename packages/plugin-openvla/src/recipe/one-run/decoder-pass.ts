import {
  fusedLayer,
  gatherRows,
  mapStream,
  rotaryAttention,
  slice,
  streamNorm,
  WEBGPU_PARTS,
} from "@vla-pruner/onnx/blocks";
import type { CacheLengths, LayerCache, RotaryTables, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { DECODER, LAYERS } from "@vla-pruner/prismatic/convert";
import { cacheDims } from "./caches.ts";
import { sideOf } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";

/** What a pass through the decoder starts from. */
export interface PassInputs {
  /** Names the pass among those of the graph. */
  readonly name: string;
  /** `[1, rows, hidden]`. */
  readonly rows: Value;
  readonly caches: readonly (LayerCache | null)[];
  /** Asked once for each side that the rows go through. */
  readonly lengths: (side: Side) => CacheLengths;
  /** Rows that go on above the cut, int64; `null` for all of them. */
  readonly keptRows: Value | null;
  /** Rows whose next token is asked for, from the end: the first, and one past the last. `null` for all. */
  readonly answers: readonly [number, number] | null;
  /** Which rows of tapped layers are given: those that answer, or all, to be taken out of many layers at once. */
  readonly tap: "answers" | "all";
  /** First of the layers that the rows go through. */
  readonly from: number;
  /** Whether it is over one row alone. */
  readonly oneRow: boolean;
}

export interface Pass {
  /** Normed, `[1, answers, hidden]`. */
  readonly hidden: Value;
  /** Of all layers; those that the rows did not go through have what they had. */
  readonly caches: readonly LayerCache[];
  /** By layer, of tapped ones alone: packed queries, keys and values of the rows to tap, not yet rotated, `[1, rows, packed]`. */
  readonly tapped: ReadonlyMap<number, Value>;
  /** The same of all rows at layer K − 1, `[1, rows, packed]`; `null` where they did not go through it. */
  readonly atCut: Value | null;
}

/** All layers from a first one, one on the other: everything below the cut, the kept rows above it. */
export function decoderPass(
  graph: GraphBuilder,
  inputs: PassInputs,
  plan: OneRunPlan,
  tables: Readonly<Record<Side, RotaryTables>>,
): Pass {
  const { decoder } = plan.sizes;
  const { answers, keptRows } = inputs;
  const lengths = new Map<Side, CacheLengths>();
  const answering = (rows: Value): Value => (answers === null ? rows : slice(graph, rows, ...answers, 1));
  const caches = [...inputs.caches];
  const tapped = new Map<number, Value>();
  let stream: Stream = { rest: inputs.rows };
  let atCut: Value | null = null;
  for (let layer = inputs.from; layer < decoder.layers; layer += 1) {
    if (layer === plan.cut.pruneLayer && keptRows !== null)
      stream = mapStream(stream, (rows) => gatherRows(graph, rows, keptRows));
    const side = sideOf(plan, layer);
    const attend = (packed: Value): ReturnType<typeof rotaryAttention> => {
      const past = inputs.caches[layer] ?? null;
      const own = lengths.get(side) ?? inputs.lengths(side);
      lengths.set(side, own);
      return rotaryAttention(graph, packed, decoder, { past, lengths: own, tables: tables[side] });
    };
    const last = layer === decoder.layers - 1;
    const made = fusedLayer(graph, stream, `${LAYERS}${layer}.`, decoder, attend, {
      ...(last && { pick: answering }),
      mlpApart: plan.target === "webgpu" && inputs.oneRow,
      ...(plan.target === "webgpu" && !inputs.oneRow && { parts: WEBGPU_PARTS }),
    });
    const { present, packed } = made.attended;
    for (const value of [present.key, present.value])
      graph.shape(value, graph.floatType, cacheDims(plan, layer, inputs.name));
    caches[layer] = present;
    if (plan.cut.tappedLayers.includes(layer))
      tapped.set(layer, inputs.tap === "all" ? packed : answering(packed));
    if (layer === plan.cut.pruneLayer - 1) atCut = packed;
    stream = made.stream;
  }
  const { normed } = streamNorm(graph, stream, `${DECODER}norm.weight`, decoder);
  return { hidden: normed, caches: caches.filter((cache) => cache !== null), tapped, atCut };
}

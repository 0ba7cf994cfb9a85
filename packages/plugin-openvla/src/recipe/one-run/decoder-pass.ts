import { END, fusedLayer, gatherRows, rotaryAttention, slice, streamNorm } from "@vla-pruner/onnx/blocks";
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
  readonly embeddings: Value;
  readonly caches: readonly (LayerCache | null)[];
  readonly lengths: Readonly<Record<Side, CacheLengths>>;
  /** Rows that go on above the cut, int64; `null` for all of them. */
  readonly keptRows: Value | null;
  /** Last rows whose next token is asked for; `null` for all. */
  readonly answers: number | null;
}

export interface Pass {
  /** Normed, `[1, answers, hidden]`. */
  readonly hidden: Value;
  readonly caches: readonly LayerCache[];
  /** By layer, of tapped ones alone: packed queries, keys and values of the answering rows, not yet rotated, `[1, answers, packed]`. */
  readonly tapped: ReadonlyMap<number, Value>;
}

/** All layers, one on the other: everything below the cut, the kept rows above it. */
export function decoderPass(
  graph: GraphBuilder,
  inputs: PassInputs,
  plan: OneRunPlan,
  tables: Readonly<Record<Side, RotaryTables>>,
): Pass {
  const { decoder } = plan.sizes;
  const { answers, lengths, keptRows } = inputs;
  const answering = (rows: Value): Value => (answers === null ? rows : slice(graph, rows, -answers, END, 1));
  const caches: LayerCache[] = [];
  const tapped = new Map<number, Value>();
  let stream: Stream = { rest: inputs.embeddings };
  for (let layer = 0; layer < decoder.layers; layer += 1) {
    if (layer === plan.cut.pruneLayer && keptRows !== null) stream = gathered(graph, stream, keptRows);
    const side = sideOf(plan, layer);
    const attend = (packed: Value): ReturnType<typeof rotaryAttention> => {
      const past = inputs.caches[layer] ?? null;
      return rotaryAttention(graph, packed, decoder, { past, lengths: lengths[side], tables: tables[side] });
    };
    const last = layer === decoder.layers - 1;
    const made = fusedLayer(
      graph,
      stream,
      `${LAYERS}${layer}.`,
      decoder,
      attend,
      last ? answering : undefined,
    );
    const { present, packed } = made.attended;
    for (const value of [present.key, present.value])
      graph.shape(value, graph.floatType, cacheDims(plan, layer, inputs.name));
    caches.push(present);
    if (plan.cut.tappedLayers.includes(layer)) tapped.set(layer, answering(packed));
    stream = made.stream;
  }
  const { normed } = streamNorm(graph, stream, `${DECODER}norm.weight`, decoder);
  return { hidden: normed, caches, tapped };
}

function gathered(graph: GraphBuilder, { rest, added }: Stream, rows: Value): Stream {
  const kept = gatherRows(graph, rest, rows);
  return added === undefined ? { rest: kept } : { rest: kept, added: gatherRows(graph, added, rows) };
}

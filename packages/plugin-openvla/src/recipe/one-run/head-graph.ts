import {
  END,
  fusedLayer,
  packedQkv,
  packedWidths,
  rotaryAttention,
  rotaryTables,
  slice,
  streamSum,
  WEBGPU_PARTS,
} from "@vla-pruner/onnx/blocks";
import type { RotaryAttention, Stream } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { LAYERS } from "@vla-pruner/prismatic/convert";
import { cacheDims, cacheNames } from "./caches.ts";
import { tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan } from "./one-run-plan.ts";
import { promptInput } from "./prompt-input.ts";
import { before, semanticScores } from "./semantic-scores.ts";
import { HANDED_ROWS, tappedName } from "./step-inputs.ts";

/**
 * Graph `prefill_head` for a model whose `act` runs a whole step: the semantic scores at layer K − 1. For CUDA nothing
 * else: of that layer only queries and keys are worked out. For WebGPU rows and caches, too, for `act` to go on from.
 */
export function scoringHeadGraph(plan: OneRunPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const { decoder } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { embeddings, image } = promptInput(graph, plan);
  const lengths = {
    lastIndex: graph.input("last_index", "int32", [1]),
    total: graph.input("total_length", "int32", [1]),
  };
  const tables = rotaryTables(graph, decoder);
  const handsOver = plan.target === "webgpu";
  // Rows of a draft may follow those of the prompt.
  const rows = handsOver ? graph.input("prompt_rows", "int64", [1]) : null;
  let stream: Stream = { rest: embeddings };
  const last = cut.pruneLayer - 1;
  let packed = "";
  for (let layer = 0; layer <= last; layer += 1) {
    const prefix = `${LAYERS}${layer}.`;
    if (layer === last && !handsOver) {
      ({ packed } = packedQkv(graph, stream, prefix, decoder));
      break;
    }
    const made = fusedLayer(
      graph,
      stream,
      prefix,
      decoder,
      (projected) => rotaryAttention(graph, projected, decoder, { past: null, lengths, tables }),
      handsOver ? { parts: WEBGPU_PARTS } : {},
    );
    ({ stream } = made);
    ({ packed } = made.attended);
    if (rows !== null) handOverLayer(graph, plan, layer, made.attended, rows);
  }
  if (handsOver)
    graph.output(streamSum(graph, stream), HANDED_ROWS, floatType, [1, "sequence", decoder.hidden]);
  const { value, type, dims } = semanticScores(graph, { packed, embeddings, image, tables, rows }, plan);
  graph.output(value, "semantic_attention", type, dims);
  return graph.build();
}

function handOverLayer(
  graph: GraphBuilder,
  plan: OneRunPlan,
  layer: number,
  { present, packed }: RotaryAttention,
  promptRows: Value,
): void {
  const [key, value] = cacheNames(layer);
  const dims = cacheDims(plan, layer, "prompt");
  graph.output(present.key, key, graph.floatType, dims);
  graph.output(present.value, value, graph.floatType, dims);
  if (!plan.cut.tappedLayers.includes(layer)) return;
  const width = packedWidths(plan.sizes.decoder).reduce((total, part) => total + part);
  const answering = slice(graph, packed, before(graph, promptRows), END, 1);
  graph.output(answering, tappedName(layer), graph.floatType, [1, "answering", width]);
}

/** What `prefill_head` hands to `act`, by name. */
export function handedOver(plan: OneRunPlan): readonly string[] {
  const { pruneLayer } = plan.cut;
  const caches = Array.from({ length: pruneLayer }, (_, layer) => cacheNames(layer)).flat();
  return [HANDED_ROWS, ...caches, ...tappedOn(plan, "below").map(tappedName)];
}

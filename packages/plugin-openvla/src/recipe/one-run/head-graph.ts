import {
  allPositions,
  attentionMap,
  END,
  fusedLayer,
  packedQkv,
  packedWidths,
  rotaryAttention,
  rotaryTables,
  rotate,
  SEMANTIC_ROWS,
  semanticRows,
  span,
  split,
  splitHeads,
} from "@vla-pruner/onnx/blocks";
import type { Stream } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { LAYERS } from "@vla-pruner/prismatic/convert";
import type { PrismaticPlan } from "@vla-pruner/prismatic/convert";
import { promptInput } from "./prompt-input.ts";

/**
 * Graph `prefill_head` for a model whose `act` runs a whole step: the semantic scores at layer K − 1 and
 * nothing else. Of that layer only queries and keys are worked out.
 */
export function scoringHeadGraph(plan: PrismaticPlan): PlannedGraph {
  const { sizes, cut, checkpoint, floatType } = plan;
  const { decoder, visionTokens } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { embeddings, image } = promptInput(graph, plan);
  const lengths = {
    lastIndex: graph.input("last_index", "int32", [1]),
    total: graph.input("total_length", "int32", [1]),
  };
  const tables = rotaryTables(graph, decoder);
  let stream: Stream = { rest: embeddings };
  for (let layer = 0; layer < cut.pruneLayer - 1; layer += 1) {
    stream = fusedLayer(graph, stream, `${LAYERS}${layer}.`, decoder, (packed) =>
      rotaryAttention(graph, packed, decoder, { past: null, lengths, tables }),
    ).stream;
  }
  const { packed } = packedQkv(graph, stream, `${LAYERS}${cut.pruneLayer - 1}.`, decoder);
  const [rawQuery = "", rawKey = ""] = split(graph, packed, packedWidths(decoder));
  const positions = allPositions(graph, embeddings);
  const query = rotate(graph, rawQuery, positions, tables, decoder.heads);
  const key = splitHeads(graph, rotate(graph, rawKey, positions, tables, decoder.keyValueHeads), decoder);

  const map = attentionMap(graph, query, key, decoder, span(graph, 1, 1 + visionTokens), true);
  const semantic = semanticRows(graph, map, embeddings, image, {
    prefill: span(graph, 0, END),
    text: span(graph, 2 + visionTokens, -1), // The reference leaves out the first and the last token after the picture.
  });
  graph.output(semantic, "semantic_attention", "float32", [SEMANTIC_ROWS.length, visionTokens]);
  return graph.build();
}

import {
  allPositions,
  attentionWeights,
  linear,
  openLayer,
  rmsNorm,
  rotaryTables,
  rotate,
  split,
  splitHeads,
} from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Plan } from "../pi0-sizes.ts";
import { prefixInput } from "../prefix-input.ts";
import { semanticOutput } from "../semantic-output.ts";

/**
 * Graph `prefill_head` for a model whose `act` runs all layers: the scores at layer K − 1 and nothing else. Of that
 * layer only queries and keys are worked out.
 */
export function scoringHeadGraph({ sizes, cut, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { decoder, names } = sizes;
  const { heads, keyValueHeads, headSize, hidden, epsilon, normPlus } = decoder;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { embeddings, image } = prefixInput(graph, sizes);
  const places = { positionIds: allPositions(graph, embeddings), tables: rotaryTables(graph, decoder) };
  const last = cut.pruneLayer - 1;
  let rows = embeddings;
  for (let layer = 0; layer < last; layer += 1)
    rows = openLayer(graph, rows, `${names.language}layers.`, layer, decoder, places).hidden;

  const prefix = `${names.language}layers.${last}.`;
  const normed = rmsNorm(graph, rows, `${prefix}input_layernorm.weight`, hidden, epsilon, normPlus);
  const weights = ["q_proj", "k_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
  const widths = [heads * headSize, keyValueHeads * headSize];
  const [query = "", key = ""] = split(
    graph,
    linear(graph, normed, { weights, input: hidden, outputs: widths }),
    widths,
  );
  const { positionIds, tables } = places;
  const keys = splitHeads(graph, rotate(graph, key, positionIds, tables, keyValueHeads), decoder);
  const queries = rotate(graph, query, positionIds, tables, heads);
  semanticOutput(graph, attentionWeights(graph, queries, keys, decoder), embeddings, image);
  return graph.build();
}

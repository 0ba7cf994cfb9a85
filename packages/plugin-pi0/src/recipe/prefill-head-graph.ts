import { allPositions, openLayer, rotaryTables } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import type { Pi0Plan } from "./pi0-sizes.ts";
import { cacheOutput } from "./prefix-layer.ts";
import { prefixInput } from "./prefix-input.ts";
import { semanticOutput } from "./semantic-output.ts";

/**
 * Graph `prefill_head`: token ids and visual tokens → the prefix after layer K−1, on all tokens, with the
 * keys and values of layers < K.
 */
export function prefillHeadGraph({ sizes, cut, checkpoint, floatType }: Pi0Plan): PlannedGraph {
  const { decoder, names } = sizes;
  const graph = new GraphBuilder("prefill_head", checkpoint, floatType);
  const { embeddings, image } = prefixInput(graph, sizes); // [1, sequence, hidden]
  const places = { positionIds: allPositions(graph, embeddings), tables: rotaryTables(graph, decoder) };
  let hidden = embeddings;
  for (let layer = 0; layer < cut.pruneLayer; layer += 1) {
    const made = openLayer(graph, hidden, `${names.language}layers.`, layer, decoder, places);
    cacheOutput(graph, layer, made, sizes, "sequence");
    hidden = made.hidden;
    if (layer === cut.pruneLayer - 1) semanticOutput(graph, made.weights, embeddings, image);
  }
  graph.output(hidden, "hidden_states", floatType, [1, "sequence", decoder.hidden]);
  return graph.build();
}

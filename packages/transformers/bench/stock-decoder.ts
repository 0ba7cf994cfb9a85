import {
  cast,
  concat,
  decoderLayer,
  END,
  linear,
  openAttention,
  rmsNorm,
  rotaryTables,
  rotate,
  sizeOfAxis,
  slice,
  splitHeads,
  sum,
  transformerLayer,
} from "@vla-pruner/onnx/blocks";
import type { RotaryTables } from "@vla-pruner/onnx/blocks";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import type { VlmSizes } from "./vlm-sizes.ts";

const PREFIX = "model.layers.";
const BATCH = "batch_size";

/**
 * `decoder_model_merged` in the form of published ones: GroupQueryAttention with rotation beside it where causal, single
 * operators where every row sees every row.
 */
export function stockDecoder({ decoder, bidirectional }: VlmSizes, source: TensorSource): PlannedGraph {
  const graph = new GraphBuilder("decoder", source, "float32");
  const embeds = graph.input("inputs_embeds", "float32", [BATCH, "sequence_length", decoder.hidden]);
  const positionIds = graph.input("position_ids", "int64", [BATCH, "sequence_length"]);
  const lengths = bidirectional ? null : cacheLengths(graph);
  const tables = rotaryTables(graph, decoder);
  const past = [BATCH, decoder.keyValueHeads, "past_sequence_length", decoder.headSize];
  const total = [BATCH, decoder.keyValueHeads, "total_sequence_length", decoder.headSize];
  let hidden = embeds;
  for (let layer = 0; layer < decoder.layers; layer += 1) {
    const pastKey = graph.input(`past_key_values.${layer}.key`, "float32", past);
    const pastValue = graph.input(`past_key_values.${layer}.value`, "float32", past);
    const made =
      lengths === null
        ? openToAll(graph, hidden, layer, decoder, { positionIds, tables, pastKey, pastValue })
        : grouped(graph, hidden, layer, decoder, { positionIds, tables, pastKey, pastValue, ...lengths });
    graph.output(made.key, `present.${layer}.key`, "float32", total);
    graph.output(made.value, `present.${layer}.value`, "float32", total);
    hidden = made.hidden;
  }
  const normed = rmsNorm(
    graph,
    hidden,
    "model.norm.weight",
    decoder.hidden,
    decoder.epsilon,
    decoder.normPlus,
  );
  const wanted = graph.node("Unsqueeze", [
    graph.input("num_logits_to_keep", "int64", []),
    graph.constants.ints(0),
  ]);
  const last = slice(graph, normed, graph.node("Sub", [graph.constants.ints(0), wanted]), END, 1);
  const head = { weights: ["lm_head.weight"], input: decoder.hidden, outputs: [decoder.vocabulary] };
  graph.output(linear(graph, last, head), "logits", "float32", [BATCH, "num_logits", decoder.vocabulary]);
  return graph.build();
}

interface Lengths {
  readonly lastIndex: Value;
  readonly totalLength: Value;
}

interface LayerInputs {
  readonly positionIds: Value;
  readonly tables: RotaryTables;
  readonly pastKey: Value;
  readonly pastValue: Value;
}

interface Made {
  readonly hidden: Value;
  readonly key: Value;
  readonly value: Value;
}

/** What grouped attention wants to know of the cache, from the mask. */
function cacheLengths(graph: GraphBuilder): Lengths {
  const mask = graph.input("attention_mask", "int64", [BATCH, "total_sequence_length"]);
  const last = graph.node("Sub", [sum(graph, mask, [1]), graph.constants.ints(1)]);
  return {
    lastIndex: cast(graph, last, "int64", "int32"),
    totalLength: cast(graph, sizeOfAxis(graph, mask, 1), "int64", "int32"),
  };
}

function grouped(
  graph: GraphBuilder,
  x: Value,
  layer: number,
  sizes: VlmSizes["decoder"],
  { positionIds, tables, ...cache }: LayerInputs & Lengths,
): Made {
  const made = decoderLayer(graph, x, PREFIX, layer, sizes, { positionIds, tables, cache });
  return { hidden: made.hidden, key: made.attention.presentKey, value: made.attention.presentValue };
}

function openToAll(
  graph: GraphBuilder,
  x: Value,
  layer: number,
  sizes: VlmSizes["decoder"],
  { positionIds, tables, pastKey, pastValue }: LayerInputs,
): Made {
  const made = transformerLayer(graph, x, `${PREFIX}${layer}.`, sizes, (projected) => {
    const query = rotate(graph, projected.query, positionIds, tables, sizes.heads);
    const turned = rotate(graph, projected.key, positionIds, tables, sizes.keyValueHeads);
    const keys = concat(graph, [pastKey, splitHeads(graph, turned, sizes)], 2);
    const values = concat(graph, [pastValue, splitHeads(graph, projected.value, sizes)], 2);
    return { output: openAttention(graph, { query, keys, values }, sizes).output, keys, values };
  });
  return { hidden: made.hidden, key: made.attended.keys, value: made.attended.values };
}

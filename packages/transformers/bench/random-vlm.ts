import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { embedding, linear, reshape, siglipTower, transpose } from "@vla-pruner/onnx/blocks";
import { recordTensors, SyntheticSource } from "@vla-pruner/onnx/convert";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { GraphBuilder, quantizeGraph, writeGraph } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { stockDecoder } from "./stock-decoder.ts";
import type { VlmSizes } from "./vlm-sizes.ts";

const TOWER = "vision_model.";

/** Visual tokens of one picture. */
export function visualTokens({ tower, merged }: VlmSizes): number {
  return tower.tokens / merged ** 2;
}

/** Writes a model of these sizes with random weights, as transformers.js loads it with dtype q4. */
export async function writeRandomVlm(sizes: VlmSizes, folder: string): Promise<void> {
  const onnx = join(folder, "onnx");
  await mkdir(onnx, { recursive: true });
  const graphs = {
    embed_tokens: embedTokens,
    vision_encoder: visionEncoder,
    decoder_model_merged: stockDecoder,
  };
  const external: Record<string, number> = {};
  for (const [name, build] of Object.entries(graphs)) {
    const tensors = recordTensors((source) => build(sizes, source));
    const source = new SyntheticSource(tensors);
    const graph = quantizeGraph(build(sizes, source), { kind: "int4", block: 32 });
    const { data } = await writeGraph(graph, source, onnx, `${name}_q4.onnx`);
    external[`${name}_q4.onnx`] = data.length;
  }
  await writeFile(join(folder, "config.json"), JSON.stringify(configOf(sizes, external)));
  await writeFile(join(folder, "generation_config.json"), "{}");
}

function configOf({ modelType, architecture, decoder, imageToken }: VlmSizes, external: object): object {
  return {
    model_type: modelType,
    architectures: [architecture],
    image_token_id: imageToken,
    image_token_index: imageToken,
    text_config: {
      model_type: "llama",
      hidden_size: decoder.hidden,
      num_hidden_layers: decoder.layers,
      num_attention_heads: decoder.heads,
      num_key_value_heads: decoder.keyValueHeads,
      head_dim: decoder.headSize,
      vocab_size: decoder.vocabulary,
    },
    "transformers.js_config": { use_external_data_format: external },
  };
}

function embedTokens({ decoder: { vocabulary, hidden } }: VlmSizes, source: TensorSource): PlannedGraph {
  const graph = new GraphBuilder("embed_tokens", source, "float32");
  const ids = graph.input("input_ids", "int64", ["batch_size", "sequence_length"]);
  const words = embedding(graph, ids, "embed_tokens.weight", vocabulary, hidden);
  graph.output(words, "inputs_embeds", "float32", ["batch_size", "sequence_length", hidden]);
  return graph.build();
}

/** Pictures `[1, pictures, 3, side, side]` → `[pictures, tokens, hidden]`; neighbours become one token side by side. */
function visionEncoder(sizes: VlmSizes, source: TensorSource): PlannedGraph {
  const { tower, side, merged, decoder } = sizes;
  const graph = new GraphBuilder("vision_encoder", source, "float32");
  const pixels = graph.input("pixel_values", "float32", ["batch_size", "pictures", 3, side, side]);
  const patches = siglipTower(graph, reshape(graph, pixels, -1, 3, side, side), { ...tower, prefix: TOWER });
  const across = Math.sqrt(tower.tokens) / merged;
  const blocks = reshape(graph, patches, -1, across, merged, across, merged * tower.hidden);
  const width = merged ** 2 * tower.hidden;
  const rows = reshape(graph, transpose(graph, blocks, 0, 1, 3, 2, 4), -1, across ** 2, width);
  const features = linear(graph, rows, {
    weights: ["connector.weight"],
    input: width,
    outputs: [decoder.hidden],
  });
  graph.output(features, "image_features", "float32", ["pictures", across ** 2, decoder.hidden]);
  return graph.build();
}

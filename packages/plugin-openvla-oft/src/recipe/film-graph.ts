import { concat, embedding, linear, mean, split, unsqueeze } from "@vla-pruner/onnx/blocks";
import type { BlockModulation, TowerSizes } from "@vla-pruner/onnx/blocks";
import { GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";
import type { PrismaticPlan, PrismaticSizes } from "@vla-pruner/prismatic/convert";
import { STOP_TOKEN } from "./sequence.ts";

/**
 * Graph `language_embedding`: `input_ids [1, text]` → the mean of the word embeddings of prompt and stop
 * token, `[1, hidden]`; the placeholders do not count.
 */
export function languageGraph({ sizes, checkpoint, floatType }: PrismaticPlan): PlannedGraph {
  const { decoder } = sizes;
  const graph = new GraphBuilder("language_embedding", checkpoint, floatType);
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const all = concat(graph, [ids, unsqueeze(graph, graph.constants.ints(STOP_TOKEN), 0)], 1);
  const words = embedding(graph, all, `${DECODER}embed_tokens.weight`, decoder.vocabulary, decoder.hidden);
  graph.output(mean(graph, words, [1]), "language_embedding", floatType, [1, decoder.hidden]);
  return graph.build();
}

/**
 * Language over pictures: every block scales and shifts its rows by what it makes of the prompt's mean
 * embedding, `(1 + γ) · x + β` (official `film_vit_wrapper.py`).
 */
export function filmModulation({ decoder }: PrismaticSizes) {
  return (graph: GraphBuilder): ((tower: TowerSizes) => BlockModulation) => {
    const language = graph.input("language_embedding", graph.floatType, [1, decoder.hidden]);
    return ({ hidden }) =>
      (rows, prefix) => {
        const names = [`${prefix}scale`, `${prefix}shift`];
        const both = linear(graph, language, {
          weights: names.map((name) => `${name}.weight`),
          biases: names.map((name) => `${name}.bias`),
          input: decoder.hidden,
          outputs: [hidden, hidden],
        });
        const [scale = "", shift = ""] = split(graph, both, [hidden, hidden]);
        const scaled = graph.node("Mul", [
          rows,
          graph.node("Add", [scale, graph.constants.float(1, graph.floatType)]),
        ]);
        return graph.node("Add", [scaled, shift]);
      };
  };
}

import {
  concat,
  embedding,
  END,
  floatInput,
  geluMlp,
  reshape,
  slice,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";
import { placeholders } from "./oft-plan.ts";
import type { OftPlan } from "./oft-plan.ts";

/** Ends every sequence (`</s>`). */
export const STOP_TOKEN = 2;

/**
 * The decoder's input, `[1, sequence, hidden]`: BOS, pictures, proprio token, denoising step, rest of the
 * prompt, a placeholder a number of the chunk, stop token. What a model has none of is left out.
 *
 * @param ids int64 `[1, text]`, BOS first
 * @param image `[1, vision, hidden]`
 */
export function sequenceInput(graph: GraphBuilder, ids: Value, image: Value, plan: OftPlan): Value {
  const { vocabulary, hidden } = plan.sizes.decoder;
  const table = `${DECODER}embed_tokens.weight`;
  const words = embedding(graph, ids, table, vocabulary, hidden);
  const [first, rest] = [slice(graph, words, 0, 1, 1), slice(graph, words, 1, END, 1)];
  const stopId = unsqueeze(graph, graph.constants.ints(STOP_TOKEN), 0);
  const stop = embedding(graph, stopId, table, vocabulary, hidden);
  const parts = [first, image, ...stateToken(graph, plan)];
  if (plan.head === "diffusion") parts.push(floatInput(graph, "time_embedding", [1, 1, hidden]));
  return concat(graph, [...parts, rest, placeholderRows(graph, plan), stop], 1);
}

/** The same out of the inputs `input_ids` and `image_features`, where another graph has seen the pictures. */
export function promptInput(
  graph: GraphBuilder,
  plan: OftPlan,
): { readonly embeddings: Value; /** `[1, vision, hidden]`. */ readonly image: Value } {
  const { views, sizes } = plan;
  const ids = graph.input("input_ids", "int64", [1, "text"]);
  const dims = [1, views * sizes.visionTokens, sizes.decoder.hidden];
  const image = graph.input("image_features", graph.floatType, dims);
  return { embeddings: sequenceInput(graph, ids, image, plan), image };
}

/** Robot state → a token: linear, GELU, linear. */
function stateToken(graph: GraphBuilder, { stateSize, sizes }: OftPlan): Value[] {
  if (stateSize === 0) return [];
  const { hidden } = sizes.decoder;
  const state = floatInput(graph, "proprio", [1, stateSize]);
  const names = ["proprio_projector.fc1", "proprio_projector.fc2"];
  const token = graph.scope("proprio_projector", () =>
    geluMlp(graph, state, names, [stateSize, hidden, hidden], { exact: true }),
  );
  return [unsqueeze(graph, token, 1)];
}

/** Zeros; for a diffusion head the noisy actions, number by number: linear, GELU, linear. */
function placeholderRows(graph: GraphBuilder, plan: OftPlan): Value {
  const { constants, floatType } = graph;
  const { hidden } = plan.sizes.decoder;
  const rows = placeholders(plan);
  if (plan.head !== "diffusion") {
    return graph.node("Expand", [
      reshape(graph, constants.float(0, floatType), 1, 1, 1),
      constants.ints(1, rows, hidden),
    ]);
  }
  const noisy = floatInput(graph, "noisy_actions", [1, rows, 1]);
  const names = ["noisy_action_projector.fc1", "noisy_action_projector.fc2"];
  return graph.scope("noisy_action_projector", () =>
    geluMlp(graph, noisy, names, [1, hidden, hidden], { exact: true }),
  );
}

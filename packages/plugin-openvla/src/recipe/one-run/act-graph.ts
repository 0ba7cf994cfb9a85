import { batchedTap, SEMANTIC_ROWS, slice } from "@vla-pruner/onnx/blocks";
import { branches, GraphBuilder } from "@vla-pruner/onnx/graph";
import type { PlannedGraph, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { similarityOutput } from "@vla-pruner/prismatic/convert";
import { indicesOf, wordType } from "./answers.ts";
import { greedy } from "./greedy.ts";
import type { Decoded, DecodedPrompt } from "./greedy.ts";
import { SIDES, tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { semanticScores } from "./semantic-scores.ts";
import { stepInputs } from "./step-inputs.ts";
import { verifyDraft } from "./verify-draft.ts";

/** Name of the output with the action attention of a side. */
const OUTPUT: Readonly<Record<Side, string>> = {
  below: "action_attention_below",
  above: "action_attention",
};

/**
 * Graph `act` that does a whole step in one run: prompt and kept rows in, all action tokens and their
 * attention out. For CUDA layers below the cut are run again here: where tensors must pass through the host between
 * runs, that is cheaper than to hand over hidden states and caches. On WebGPU these stay on the device, and are handed
 * over.
 *
 * With `use_draft`, the tokens of a draft are verified together with the prompt: the last words that go in.
 *
 * Where tokens are chosen ahead it is graph `step`: from `pixel_values` on, with the scores that choose the next call's.
 */
export function oneRunActGraph(plan: OneRunPlan): PlannedGraph {
  const { checkpoint, floatType, actions } = plan;
  const graph = new GraphBuilder(plan.ahead ? "step" : "act", checkpoint, floatType);
  const step = stepInputs(graph, plan);
  if (step.scored !== null) similarityOutput(graph, step.scored.image, plan);
  const masks = Object.fromEntries(
    SIDES.filter((side) => tappedOn(plan, side).length > 0).map((side) => [
      side,
      graph.input(`tap_mask.${side}`, "float32", [actions, `${side}_columns`]),
    ]),
  );
  const useDraft = graph.input("use_draft", "bool", [1]);

  const scoresOf = ({ atCut: packed }: DecodedPrompt): TypedValue[] => {
    if (step.scored === null || packed === null) return [];
    const rows = graph.constants.ints(1 - actions); // those of the draft are behind
    return [semanticScores(graph, { ...step.scored, packed, tables: step.tables.below, rows }, plan)];
  };
  const results = (decoded: Decoded): TypedValue[] => [
    { value: indicesOf(graph, decoded.tokens, plan), type: wordType(plan), dims: [1, "tokens"] },
    { value: decoded.scores, type: "float32", dims: [1, "tokens"] },
    ...SIDES.flatMap((side): TypedValue[] => {
      const mask = masks[side];
      const value = mask === undefined ? null : tapsOf(decoded, side, mask);
      return value === null
        ? []
        : [{ value, type: "float32", dims: [tappedOn(plan, side).length, `${side}_columns`] }];
    }),
  ];
  const tapsOf = (decoded: Decoded, side: Side, mask: Value): Value | null => {
    const packed = decoded.rows[side];
    if (packed === null) return null;
    const tapped = tappedOn(plan, side);
    const { heads, headSize } = plan.sizes.decoder;
    const queries = slice(graph, packed, 0, heads * headSize, 2);
    const joined = decoded.tappedKeys?.[side] ?? null;
    const keys = joined === null ? tapped.map((layer) => decoded.caches[layer]?.key ?? "") : [joined];
    const rows = { layers: tapped.length, rows: actions, queries, keys, positions: step.positions, mask };
    return batchedTap(graph, rows, step.tables.below, plan.sizes.decoder);
  };
  const [tokens = "", scores = "", ...others] = branches(
    graph,
    useDraft,
    () => {
      const { verified, given } = verifyDraft(graph, step, plan, results);
      return [...given, ...scoresOf(verified)];
    },
    () => {
      const decoded = greedy(graph, step, plan);
      return [...results(decoded), ...scoresOf(decoded)];
    },
  );
  graph.output(tokens, "tokens", wordType(plan), [1, actions]);
  graph.output(scores, "token_scores", "float32", [1, actions]);
  for (const side of SIDES.filter((name) => masks[name] !== undefined)) {
    graph.output(others.shift() ?? "", OUTPUT[side], "float32", [
      tappedOn(plan, side).length,
      `${side}_columns`,
    ]);
  }
  if (step.scored !== null)
    graph.output(others.shift() ?? "", "semantic_attention", "float32", [
      SEMANTIC_ROWS.length,
      plan.sizes.visionTokens,
    ]);
  return graph.build();
}

import { cast, concat, packedWidths, reshape, slice } from "@vla-pruner/onnx/blocks";
import type { LayerCache } from "@vla-pruner/onnx/blocks";
import { loop } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { answersOf, tappedRows } from "./answers.ts";
import { cacheDims } from "./caches.ts";
import { decoderPass } from "./decoder-pass.ts";
import type { Decoded } from "./greedy.ts";
import { bySide, SIDES, tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { wordRows } from "./prompt-input.ts";
import type { StepInputs } from "./step-inputs.ts";

/** A draft that was not right to its end. */
export interface Rest {
  readonly step: StepInputs;
  /** int64 `[1]`. */
  readonly accepted: Value;
  readonly verified: Decoded;
}

/** What goes from pass to pass. */
type Guessed = Pick<Decoded, "tokens" | "scores" | "rows"> & Required<Pick<Decoded, "tappedKeys">>;

/**
 * What a draft left open, by Jacobi iteration: what a pass answers is the draft of the next, until a pass changes
 * nothing. A pass is over the rows behind the prompt and writes over what the one before cached. After n passes the
 * first n + 1 tokens are those of greedy decoding whatever was guessed, so there are never more passes than tokens,
 * and one over a few rows takes as long as one over a single row: both are bound by reading the weights.
 */
export function withRest(graph: GraphBuilder, { step, verified }: Rest, plan: OneRunPlan): Decoded {
  const later = plan.actions - 1;
  const { caches } = verified;
  const start = { ...verified, tappedKeys: tappedKeys(graph, caches, plan) };
  const { states } = loop(graph, graph.constants.int(later), listed(plan, start), (_, given) => {
    const before = unlisted(plan, given);
    const words = slice(graph, before.tokens, 0, later, 1);
    const pass = decoderPass(
      graph,
      {
        name: "round",
        rows: wordRows(graph, words, plan),
        caches,
        lengths: step.lengths(later),
        keptRows: null,
        answers: null,
        from: 0,
        oneRow: false,
      },
      plan,
      step.tables,
    );
    const { tokens, scores } = answersOf(graph, pass.hidden, plan, later);
    // The first answer is the prompt's own.
    const joined = (all: Value, rows: Value): Value => concat(graph, [slice(graph, all, 0, 1, 1), rows], 1);
    const after: Guessed = {
      tokens: joined(before.tokens, tokens),
      scores: joined(before.scores, scores),
      rows: bySide((side) => {
        const [all, rows] = [before.rows[side], tappedRows(graph, [pass], plan, side)];
        return all === null || rows === null ? null : joined(all, rows);
      }),
      tappedKeys: tappedKeys(graph, pass.caches, plan),
    };
    const again = differs(graph, words, slice(graph, after.tokens, 0, later, 1));
    return { states: listed(plan, after).map(({ value }) => value), collected: [], again };
  });
  return { ...unlisted(plan, states), caches };
}

/** Keys of the tapped layers of each side, joined: `[layers, keyValueHeads, columns, headSize]`. */
function tappedKeys(
  graph: GraphBuilder,
  caches: readonly LayerCache[],
  plan: OneRunPlan,
): Guessed["tappedKeys"] {
  return bySide((side) => {
    const keys = tappedOn(plan, side).map((layer) => caches[layer]?.key ?? "");
    return keys.length < 2 ? (keys[0] ?? null) : concat(graph, keys, 0);
  });
}

/** Whether two rows of words differ, bool `[]`. */
function differs(graph: GraphBuilder, words: Value, others: Value): Value {
  const same = cast(graph, graph.node("Equal", [words, others]), "bool", "int32");
  const all = graph.node("ReduceMin", [same, graph.constants.ints(1)], {
    attributes: { keepdims: { int: 0 } },
  });
  return reshape(graph, graph.node("Equal", [all, graph.constants.int32s(0)]));
}

function listed(plan: OneRunPlan, { tokens, scores, rows, tappedKeys: keys }: Guessed): TypedValue[] {
  const { actions, sizes } = plan;
  const width = packedWidths(sizes.decoder).reduce((total, part) => total + part);
  return [
    { value: tokens, type: "int64", dims: [1, actions] },
    { value: scores, type: "float32", dims: [1, actions] },
    ...SIDES.flatMap((side): TypedValue[] => {
      const [layer = 0] = tappedOn(plan, side);
      const layers = tappedOn(plan, side).length;
      const [, ...dims] = cacheDims(plan, layer, "draft");
      return [
        { value: rows[side] ?? "", type: plan.floatType, dims: [layers, actions, width] },
        { value: keys[side] ?? "", type: plan.floatType, dims: [layers, ...dims] },
      ].filter(() => layers > 0);
    }),
  ];
}

function unlisted(plan: OneRunPlan, [tokens = "", scores = "", ...later]: readonly Value[]): Guessed {
  const sides = SIDES.filter((side) => tappedOn(plan, side).length > 0);
  const at = (side: Side, part: number): Value | null => later[2 * sides.indexOf(side) + part] ?? null;
  return {
    tokens,
    scores,
    rows: bySide((side) => (sides.includes(side) ? at(side, 0) : null)),
    tappedKeys: bySide((side) => (sides.includes(side) ? at(side, 1) : null)),
  };
}

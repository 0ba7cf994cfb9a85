import {
  cast,
  concat,
  END,
  packedWidths,
  reshape,
  rotate,
  slice,
  splitHeads,
  unsqueeze,
} from "@vla-pruner/onnx/blocks";
import type { LayerCache } from "@vla-pruner/onnx/blocks";
import { loop } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { answersOf, tappedRows } from "./answers.ts";
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

/** What goes from pass to pass: the answers behind the prompt's own, and the words that the next pass is over. */
interface Guessed extends Pick<Decoded, "tokens" | "scores" | "rows"> {
  /** `[1, actions − 1]`. */
  readonly words: Value;
}

/**
 * What a draft left open, by Jacobi iteration: what a pass answers is the draft of the next, until a pass changes
 * nothing. A pass is over the rows behind the prompt and writes over what the one before cached. After n passes the
 * first n + 1 tokens are those of greedy decoding whatever was guessed, so there are never more passes than tokens,
 * and one over a few rows takes as long as one over a single row: both are bound by reading the weights.
 */
export function withRest(graph: GraphBuilder, { step, verified }: Rest, plan: OneRunPlan): Decoded {
  const later = plan.actions - 1;
  const { caches } = verified;
  // The first answer is the prompt's own: it is the same in all passes.
  const own = (all: Value): Value => slice(graph, all, 0, 1, 1);
  const others = (all: Value): Value => slice(graph, all, 1, END, 1);
  const first = { tokens: own(verified.tokens), scores: own(verified.scores), rows: rowsOf(verified, own) };
  const start: Guessed = {
    words: slice(graph, verified.tokens, 0, later, 1),
    tokens: others(verified.tokens),
    scores: others(verified.scores),
    rows: rowsOf(verified, others),
  };
  const { states } = loop(graph, graph.constants.int(later), listed(plan, start), (_, given) => {
    const { words } = unlisted(plan, given);
    const pass = decoderPass(
      graph,
      {
        name: "round",
        rows: wordRows(graph, words, plan),
        caches,
        lengths: step.lengths(later),
        keptRows: null,
        answers: null,
        tap: "answers",
        from: 0,
        oneRow: false,
      },
      plan,
      step.tables,
    );
    const answers = answersOf(graph, pass.hidden, plan, later);
    const after: Guessed = {
      ...answers,
      words: concat(graph, [first.tokens, slice(graph, answers.tokens, 0, later - 1, 1)], 1),
      rows: bySide((side) => tappedRows(graph, [pass], plan, side)),
    };
    const again = differs(graph, words, after.words);
    return { states: listed(plan, after).map(({ value }) => value), collected: [], again };
  });
  const last = unlisted(plan, states);
  const joined = (one: Value | null, more: Value | null): Value => concat(graph, [one ?? "", more ?? ""], 1);
  return {
    tokens: joined(first.tokens, last.tokens),
    scores: joined(first.scores, last.scores),
    rows: bySide((side) => (last.rows[side] === null ? null : joined(first.rows[side], last.rows[side]))),
    tappedKeys: bySide((side) =>
      tappedKeys(graph, step, caches, last.rows[side], tappedOn(plan, side), plan),
    ),
    caches,
  };
}

/** Some of the tapped rows of each side. */
function rowsOf({ rows }: Decoded, take: (rows: Value) => Value): Guessed["rows"] {
  return bySide((side) => (rows[side] === null ? null : take(rows[side])));
}

/**
 * Rotated keys of some layers, `[layers, keyValueHeads, columns, headSize]`: the prompt's out of the caches, and those of the
 * last pass out of its rows. A loop that carries them copies all columns of all layers after each pass.
 *
 * @param rows packed, `[layers, actions − 1, packed]`
 */
function tappedKeys(
  graph: GraphBuilder,
  { positions, tables }: StepInputs,
  caches: readonly LayerCache[],
  rows: Value | null,
  layers: readonly number[],
  { actions, sizes: { decoder } }: OneRunPlan,
): Value | null {
  if (rows === null) return null;
  const later = actions - 1;
  const [queryWidth, keyWidth] = packedWidths(decoder);
  const raw = slice(graph, rows, queryWidth, queryWidth + keyWidth, 2);
  const places = unsqueeze(graph, slice(graph, positions, 1, END, 0), 0);
  const spread = graph.node("Expand", [places, graph.constants.ints(layers.length, later)]);
  const own = splitHeads(graph, rotate(graph, raw, spread, tables.below, decoder.keyValueHeads), decoder);
  const keys = layers.map((layer) => caches[layer]?.key ?? "");
  const all = keys.length === 1 ? (keys[0] ?? "") : concat(graph, keys, 0);
  return concat(graph, [slice(graph, all, 0, -later, 2), own], 2);
}

/** Whether two rows of words differ, bool `[]`. */
function differs(graph: GraphBuilder, words: Value, others: Value): Value {
  const same = cast(graph, graph.node("Equal", [words, others]), "bool", "int32");
  const all = graph.node("ReduceMin", [same, graph.constants.ints(1)], {
    attributes: { keepdims: { int: 0 } },
  });
  return reshape(graph, graph.node("Equal", [all, graph.constants.int32s(0)]));
}

function listed(plan: OneRunPlan, { words, tokens, scores, rows }: Guessed): TypedValue[] {
  const { actions, sizes } = plan;
  const width = packedWidths(sizes.decoder).reduce((total, part) => total + part);
  const later = actions - 1;
  return [
    { value: words, type: "int64", dims: [1, later] },
    { value: tokens, type: "int64", dims: [1, later] },
    { value: scores, type: "float32", dims: [1, later] },
    ...tappedSides(plan).map((side): TypedValue => {
      const dims = [tappedOn(plan, side).length, later, width];
      return { value: rows[side] ?? "", type: plan.floatType, dims };
    }),
  ];
}

function tappedSides(plan: OneRunPlan): readonly Side[] {
  return SIDES.filter((side) => tappedOn(plan, side).length > 0);
}

function unlisted(
  plan: OneRunPlan,
  [words = "", tokens = "", scores = "", ...later]: readonly Value[],
): Guessed {
  const sides = tappedSides(plan);
  return {
    words,
    tokens,
    scores,
    rows: bySide((side) => later[sides.indexOf(side)] ?? null),
  };
}

import { cast, concat, packedWidths, reshape, slice, squeeze, transpose } from "@vla-pruner/onnx/blocks";
import type { CacheLengths } from "@vla-pruner/onnx/blocks";
import { loop } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, LoopRound, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { answersOf, tappedRows } from "./answers.ts";
import { cacheDims } from "./caches.ts";
import { decoderPass } from "./decoder-pass.ts";
import type { Decoded } from "./greedy.ts";
import { bySide, SIDES, sideOf, tappedOn } from "./one-run-plan.ts";
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

/** What was accepted and the token after it, then what a loop decodes. */
export function withRest(graph: GraphBuilder, rest: Rest, plan: OneRunPlan): Decoded {
  const { accepted, verified } = rest;
  const taken = graph.node("Add", [accepted, graph.constants.ints(1)]);
  const later = decodeRest(graph, rest, plan);
  const joined = (before: Value, after: Value): Value =>
    concat(graph, [slice(graph, before, 0, taken, 1), after], 1);
  return {
    tokens: joined(verified.tokens, later.tokens),
    scores: joined(verified.scores, later.scores),
    rows: bySide((side) => {
      const [before, after] = [verified.rows[side], later.rows[side]];
      return before === null || after === null ? null : joined(before, after);
    }),
    caches: later.caches,
  };
}

/** Token after token from the first that the draft does not tell. What it cached too much is written over. */
function decodeRest(graph: GraphBuilder, rest: Rest, plan: OneRunPlan): Decoded {
  const { step, accepted, verified } = rest;
  const trips = reshape(graph, graph.node("Sub", [graph.constants.ints(plan.actions - 1), accepted]));
  const shorter = cast(graph, accepted, "int64", "int32");
  const start = (side: Side): Value => {
    const prompt = step.lengths[0]?.[side].total ?? "";
    return graph.node("Add", [prompt, shorter]); // tokens that stay in the cache, int32 [1]
  };
  const kept = { below: start("below"), above: start("above") };
  const dims = (layer: number): (number | string)[] => cacheDims(plan, layer, "loop");
  const caches = verified.caches.flatMap(({ key, value }, layer) =>
    [key, value].map((cache): TypedValue => ({
      value: plan.room === null ? shortened(graph, cache, kept[sideOf(plan, layer)]) : cache,
      type: graph.floatType,
      dims: dims(layer),
    })),
  );
  const token = graph.node("Gather", [verified.tokens, accepted], { attributes: { axis: { int: 1 } } });
  const first: TypedValue = { value: token, type: "int64", dims: [1, 1] };

  const round = (number: Value, [word = "", ...flat]: readonly Value[]): LoopRound => {
    const offset = cast(graph, reshape(graph, number, 1), "int64", "int32");
    const lengths = (side: Side): CacheLengths => {
      const lastIndex = graph.node("Add", [kept[side], offset]);
      // A room is as long as it is, whatever is in it.
      const total =
        plan.room === null
          ? graph.node("Add", [lastIndex, graph.constants.int32s(1)])
          : graph.constants.int32s(plan.room);
      return { lastIndex, total };
    };
    const one = decoderPass(
      graph,
      {
        name: "round",
        rows: wordRows(graph, word, plan),
        caches: verified.caches.map((_, layer) => ({
          key: flat[2 * layer] ?? "",
          value: flat[2 * layer + 1] ?? "",
        })),
        lengths: { below: lengths("below"), above: lengths("above") },
        keptRows: null,
        answers: null,
        from: 0,
        oneRow: true,
      },
      plan,
      step.tables,
    );
    const answer = answersOf(graph, one.hidden, plan, 1);
    const rows = SIDES.flatMap((side): TypedValue[] => {
      const stacked = tappedRows(graph, [one], plan, side);
      if (stacked === null) return [];
      const width = packedWidths(plan.sizes.decoder).reduce((total, part) => total + part);
      const shape = [tappedOn(plan, side).length, width];
      return [{ value: squeeze(graph, stacked, 1), type: graph.floatType, dims: shape }];
    });
    return {
      states: [answer.tokens, ...one.caches.flatMap(({ key, value }) => [key, value])],
      collected: [
        { value: squeeze(graph, answer.tokens, 0), type: "int64", dims: [1] },
        { value: squeeze(graph, answer.scores, 0), type: "float32", dims: [1] },
        ...rows,
      ],
    };
  };
  const { states, collected } = graph.oneRow(() => loop(graph, trips, [first, ...caches], round));
  const [tokens = "", scores = "", ...rows] = collected;
  const [, ...flat] = states;
  return {
    tokens: transpose(graph, tokens, 1, 0),
    scores: transpose(graph, scores, 1, 0),
    rows: bySide((side) => {
      const made = tappedOn(plan, side).length === 0 ? undefined : rows.shift();
      return made === undefined ? null : transpose(graph, made, 1, 0, 2);
    }),
    caches: verified.caches.map((_, layer) => ({
      key: flat[2 * layer] ?? "",
      value: flat[2 * layer + 1] ?? "",
    })),
  };
}

function shortened(graph: GraphBuilder, cache: Value, tokens: Value): Value {
  return slice(graph, cache, 0, cast(graph, tokens, "int32", "int64"), 2);
}

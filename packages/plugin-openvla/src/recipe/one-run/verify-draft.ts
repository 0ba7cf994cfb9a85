import { cast, concat, reshape, slice, squeeze, sum, transpose } from "@vla-pruner/onnx/blocks";
import type { CacheLengths, LayerCache } from "@vla-pruner/onnx/blocks";
import { loop } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, LoopRound, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { answersOf, tappedQueries } from "./answers.ts";
import { cacheDims } from "./caches.ts";
import { decoderPass } from "./decoder-pass.ts";
import type { Decoded } from "./greedy.ts";
import { SIDES, sideOf } from "./one-run-plan.ts";
import type { OneRunPlan, Side } from "./one-run-plan.ts";
import { wordRows } from "./prompt-input.ts";
import type { StepInputs } from "./step-inputs.ts";

interface Draft {
  /** int64 `[1, actions − 1]`. */
  readonly tokens: Value;
  /** Lengths of the pass over prompt and draft. */
  readonly lengths: Readonly<Record<Side, CacheLengths>>;
}

/**
 * The draft goes through the decoder with the prompt; as much of it as greedy decoding would have chosen is
 * taken, with the token after it, and a loop decodes the rest. The tokens are those of greedy decoding,
 * whatever the draft is.
 */
export function verifyDraft(graph: GraphBuilder, step: StepInputs, draft: Draft, plan: OneRunPlan): Decoded {
  const { actions } = plan;
  const { constants } = graph;
  const pass = decoderPass(
    graph,
    {
      name: "draft",
      embeddings: concat(graph, [step.prompt, wordRows(graph, draft.tokens, plan)], 1),
      caches: step.caches,
      lengths: draft.lengths,
      keptRows: step.keptRows,
      answers: actions,
    },
    plan,
    step.tables,
  );
  const answers = answersOf(graph, pass.hidden, plan);
  const accepted = matchingPrefix(graph, answers.tokens, draft.tokens, actions - 1); // int64 [1]
  const taken = graph.node("Add", [accepted, constants.ints(1)]);
  const rest = graph.node("Sub", [constants.ints(actions - 1), accepted]);
  const decoded = decodeRest(graph, { step, accepted, trips: reshape(graph, rest), answers, pass }, plan);

  const joined = (verified: Value, later: Value): Value =>
    concat(graph, [slice(graph, verified, 0, taken, 1), later], 1);
  const queries = SIDES.map((side) => {
    const [verified, later] = [tappedQueries(graph, pass, plan, side), decoded.queries[side]];
    return [side, verified === null || later === null ? null : joined(verified, later)];
  });
  return {
    tokens: joined(answers.tokens, decoded.tokens),
    scores: joined(answers.scores, decoded.scores),
    queries: Object.fromEntries(queries) as Decoded["queries"],
    caches: decoded.caches,
  };
}

/** Tokens of the draft up to the first that differs from what was answered, int64 `[1]`. */
function matchingPrefix(graph: GraphBuilder, answered: Value, draft: Value, count: number): Value {
  const same = graph.node("Equal", [slice(graph, answered, 0, count, 1), draft]);
  const wrong = cast(graph, graph.node("Not", [same]), "bool", "int32");
  const wrongSoFar = graph.node("CumSum", [wrong, graph.constants.int(1)]);
  const right = graph.node("Equal", [wrongSoFar, graph.constants.int32s(0)]);
  return sum(graph, cast(graph, right, "bool", "int64"), [1]);
}

interface Rest {
  readonly step: StepInputs;
  readonly accepted: Value;
  readonly trips: Value;
  readonly answers: { readonly tokens: Value };
  readonly pass: { readonly caches: readonly LayerCache[] };
}

/** Token after token from the first that the draft does not tell. What it cached too much is written over. */
function decodeRest(graph: GraphBuilder, rest: Rest, plan: OneRunPlan): Decoded {
  const { step, accepted, answers, pass } = rest;
  const shorter = cast(graph, accepted, "int64", "int32");
  const start = (side: Side): Value => {
    const prompt = step.lengths[0]?.[side].total ?? "";
    return graph.node("Add", [prompt, shorter]); // tokens that stay in the cache, int32 [1]
  };
  const kept = { below: start("below"), above: start("above") };
  const dims = (layer: number): (number | string)[] => cacheDims(plan, layer, "loop");
  const caches = pass.caches.flatMap(({ key, value }, layer) =>
    [key, value].map((cache): TypedValue => ({
      value: plan.room === null ? shortened(graph, cache, kept[sideOf(plan, layer)]) : cache,
      type: graph.floatType,
      dims: dims(layer),
    })),
  );
  const token = graph.node("Gather", [answers.tokens, accepted], { attributes: { axis: { int: 1 } } });
  const first: TypedValue = { value: token, type: "int64", dims: [1, 1] };

  const tapped = SIDES.map((side) => ({
    side,
    layers: plan.cut.tappedLayers.filter((layer) => sideOf(plan, layer) === side).length,
  }));
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
        embeddings: wordRows(graph, word, plan),
        caches: pass.caches.map((_, layer) => ({
          key: flat[2 * layer] ?? "",
          value: flat[2 * layer + 1] ?? "",
        })),
        lengths: { below: lengths("below"), above: lengths("above") },
        keptRows: null,
        answers: null,
      },
      plan,
      step.tables,
    );
    const answer = answersOf(graph, one.hidden, plan);
    const rows = tapped.flatMap(({ side, layers }): TypedValue[] => {
      const stacked = tappedQueries(graph, one, plan, side);
      const width = plan.sizes.decoder.heads * plan.sizes.decoder.headSize;
      return stacked === null
        ? []
        : [{ value: squeeze(graph, stacked, 1), type: graph.floatType, dims: [layers, width] }];
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
  const { states, collected } = graph.oneRow(() => loop(graph, rest.trips, [first, ...caches], round));
  const [tokens = "", scores = "", ...rows] = collected;
  const queries = tapped.map(({ side, layers }) => {
    const made = layers === 0 ? undefined : rows.shift();
    return [side, made === undefined ? null : transpose(graph, made, 1, 0, 2)];
  });
  const [, ...flat] = states;
  return {
    tokens: transpose(graph, tokens, 1, 0),
    scores: transpose(graph, scores, 1, 0),
    queries: Object.fromEntries(queries) as Decoded["queries"],
    caches: pass.caches.map((_, layer) => ({ key: flat[2 * layer] ?? "", value: flat[2 * layer + 1] ?? "" })),
  };
}

function shortened(graph: GraphBuilder, cache: Value, tokens: Value): Value {
  return slice(graph, cache, 0, cast(graph, tokens, "int32", "int64"), 2);
}

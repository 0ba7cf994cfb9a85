import { cast, concat, packedWidths, slice } from "@vla-pruner/onnx/blocks";
import type { LayerCache } from "@vla-pruner/onnx/blocks";
import { branches } from "@vla-pruner/onnx/graph";
import type { GraphBuilder, TypedValue, Value } from "@vla-pruner/onnx/graph";
import { answersOf, indicesOf, tappedRows } from "./answers.ts";
import { cacheDims, hasRoom } from "./caches.ts";
import { decoderPass } from "./decoder-pass.ts";
import type { Rest } from "./decode-rest.ts";
import type { Decoded } from "./greedy.ts";
import { bySide, SIDES, sideOf, tappedOn } from "./one-run-plan.ts";
import type { OneRunPlan } from "./one-run-plan.ts";
import { wordRows } from "./prompt-input.ts";

/**
 * What was accepted and the token after it, then token after token: a pass each, in branches that are taken from the
 * first token on that the draft does not tell. WebGPU has no loop: a loop would take all caches through the processor.
 */
export function withUnrolledRest(graph: GraphBuilder, rest: Rest, plan: OneRunPlan): Decoded {
  const last = plan.actions - 1;
  const parts: Decoded[] = [verifiedAt(graph, rest, plan, 0)];
  for (let action = 1; action <= last; action += 1) {
    const before = parts[action - 1] ?? rest.verified;
    const decode = (): Decoded => graph.oneRow(() => decodedAt(graph, rest, plan, action, before));
    if (action === last) {
      parts.push(decode()); // Some of the draft was wrong, so its last answer is none.
      continue;
    }
    const given = branches(
      graph,
      graph.node("Less", [rest.accepted, graph.constants.ints(action)]),
      () => listed(plan, decode(), action),
      () => listed(plan, verifiedAt(graph, rest, plan, action), action),
    );
    parts.push(unlisted(plan, given));
  }
  const joined = (values: readonly (Value | null)[]): Value =>
    concat(
      graph,
      values.map((value) => value ?? ""),
      1,
    );
  return {
    tokens: joined(parts.map(({ tokens }) => tokens)),
    scores: joined(parts.map(({ scores }) => scores)),
    rows: bySide((side) =>
      rest.verified.rows[side] === null ? null : joined(parts.map(({ rows }) => rows[side])),
    ),
    caches: parts.at(-1)?.caches ?? [],
  };
}

/** One answer out of those of the verified draft, and the caches as they were before it. */
function verifiedAt(
  graph: GraphBuilder,
  { step, verified }: Rest,
  plan: OneRunPlan,
  action: number,
): Decoded {
  const at = (values: Value): Value => slice(graph, values, action, action + 1, 1);
  const totals = step.totals(action);
  const ends = bySide((side) => (hasRoom(plan, side) ? null : cast(graph, totals(side), "int32", "int64")));
  const shortened = (cache: Value, layer: number): Value => {
    const end = ends[sideOf(plan, layer)];
    return end === null ? cache : slice(graph, cache, 0, end, 2);
  };
  return {
    tokens: at(verified.tokens),
    scores: at(verified.scores),
    rows: bySide((side) => {
      const rows = verified.rows[side];
      return rows === null ? null : at(rows);
    }),
    caches: verified.caches.map(({ key, value }, layer) => ({
      key: shortened(key, layer),
      value: shortened(value, layer),
    })),
  };
}

/** One answer more. */
function decodedAt(
  graph: GraphBuilder,
  { step }: Rest,
  plan: OneRunPlan,
  action: number,
  { tokens, caches }: Decoded,
): Decoded {
  const pass = decoderPass(
    graph,
    {
      name: `rest_${action}`,
      rows: wordRows(graph, indicesOf(graph, tokens, plan), plan),
      caches,
      lengths: step.lengths(action),
      keptRows: null,
      answers: null,
      tap: "answers",
      from: 0,
      oneRow: true,
    },
    plan,
    step.tables,
  );
  return {
    ...answersOf(graph, pass.hidden, plan, 1),
    rows: bySide((side) => tappedRows(graph, [pass], plan, side)),
    caches: pass.caches,
  };
}

/** An answer as the outputs of a branch. */
function listed(plan: OneRunPlan, { tokens, scores, rows, caches }: Decoded, action: number): TypedValue[] {
  const { floatType } = plan;
  const width = packedWidths(plan.sizes.decoder).reduce((total, part) => total + part);
  return [
    { value: tokens, type: "float32", dims: [1, 1] },
    { value: scores, type: "float32", dims: [1, 1] },
    ...SIDES.flatMap((side): TypedValue[] => {
      const value = rows[side];
      return value === null
        ? []
        : [{ value, type: floatType, dims: [tappedOn(plan, side).length, 1, width] }];
    }),
    ...caches.flatMap(({ key, value }, layer) =>
      [key, value].map((cache): TypedValue => ({
        value: cache,
        type: floatType,
        dims: cacheDims(plan, layer, `answer_${action}`),
      })),
    ),
  ];
}

function unlisted(plan: OneRunPlan, outputs: readonly Value[]): Decoded {
  const [tokens = "", scores = "", ...later] = outputs;
  const rows = bySide((side) => (tappedOn(plan, side).length === 0 ? null : (later.shift() ?? "")));
  const caches = Array.from({ length: plan.sizes.decoder.layers }, (_, layer): LayerCache => ({
    key: later[2 * layer] ?? "",
    value: later[2 * layer + 1] ?? "",
  }));
  return { tokens, scores, rows, caches };
}

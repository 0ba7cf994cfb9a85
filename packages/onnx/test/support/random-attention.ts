import { makeNode, TYPE } from "../../src/proto/edit-model.ts";
import type { DecoderPlan } from "./decoder-plan.ts";
import { HEADS, HEAD_SIZE, HIDDEN } from "./graph-draft.ts";
import type { Draft } from "./graph-draft.ts";

export interface AttentionFacts {
  readonly layer: number;
  readonly normed: string;
  /** The layer whose keys and values are read in place of own ones. */
  readonly shared: number | null;
  /** Values of another layer that are added to the own ones. */
  readonly mixed: string | undefined;
  /** Whose length the mask is made of. */
  readonly lengthOf: string;
  /** Whether rows were chosen before. */
  readonly upper: boolean;
}

/** Attention with a cache, in the words of an exporter that takes everything apart; and its values. */
export function attend(
  draft: Draft,
  plan: DecoderPlan,
  facts: AttentionFacts,
): { readonly output: string; readonly value: string } {
  const { layer, normed, shared, mixed } = facts;
  const project = (part: string): string => draft.product(normed, `${part}.${layer}`, HIDDEN, HIDDEN);
  const inner = (part: string, at = layer): string => `${plan.copies ? "grown" : "present"}.${at}.${part}`;
  const heads = (value: string): string =>
    draft.node("Transpose", [draft.node("Reshape", [value, draft.ints([0, -1, HEADS, HEAD_SIZE])])], {
      perm: [0, 2, 1, 3],
    });
  const places = positionsOf(draft, plan, facts);
  const query = turned(draft, heads(project("q")), places);
  let own = "";
  if (shared === null) {
    own = heads(project("v"));
    if (mixed) own = draft.node("Add", [own, mixed]);
    const grow = (part: string, value: string): void =>
      void draft.nodes.push(
        makeNode("Concat", [pastOf(draft, plan, layer, part), value], [inner(part)], { axis: 2 }),
        ...(plan.copies ? [makeNode("Identity", [inner(part)], [`present.${layer}.${part}`])] : []),
      );
    grow("key", turned(draft, heads(project("k")), places));
    grow("value", own);
  }
  const [key, value] = [inner("key", shared ?? layer), inner("value", shared ?? layer)];
  const product = draft.node("MatMul", [query, draft.node("Transpose", [key], { perm: [0, 1, 3, 2] })]);
  const scores = draft.node("Mul", [product, draft.float(1 / Math.sqrt(HEAD_SIZE))]);
  const masked = plan.causal
    ? draft.node("Where", [visible(draft, facts, key), scores, draft.float(-3e38)])
    : scores;
  const attended = draft.node("MatMul", [draft.node("Softmax", [masked], { axis: -1 }), value]);
  const rows = draft.node("Reshape", [
    draft.node("Transpose", [attended], { perm: [0, 2, 1, 3] }),
    draft.ints([0, -1, HIDDEN]),
  ]);
  return { output: draft.product(rows, `o.${layer}`, HIDDEN, HIDDEN), value: own || value };
}

/** A cache that comes in, or a copy of it. */
function pastOf(draft: Draft, { copies }: DecoderPlan, layer: number, part: string): string {
  const name = `past_key_values.${layer}.${part}`;
  return copies ? draft.node("Identity", [name]) : name;
}

/** Which columns a row sees: those up to its own, counted within what is there. `[rows, total]`. */
function visible(draft: Draft, { lengthOf }: AttentionFacts, key: string): string {
  const [rows, total] = [draft.size(lengthOf, 1), draft.size(key, 2)];
  const columns = draft.node("Range", [draft.ints(0), total, draft.ints(1)]);
  const past = draft.node("Sub", [total, rows]);
  const own = draft.node("Add", [draft.node("Range", [draft.ints(0), rows, draft.ints(1)]), past]);
  return draft.node("LessOrEqual", [columns, draft.node("Unsqueeze", [own, draft.ints([1])])]);
}

/** Positions `[1 or batch, rows]`, or rather the tables of cosines and sines that belong to them; `null` without. */
function positionsOf(
  draft: Draft,
  plan: DecoderPlan,
  { layer, shared, normed, upper }: AttentionFacts,
): [string, string] | null {
  if (plan.positions === "none") return null;
  let positions = "position_ids";
  // In the twin whose rows are chosen, positions are always given: it is the truth that is to be met.
  if (upper) positions = draft.node("Gather", [positions, "kept_rows"], { axis: 1 });
  else if (plan.positions !== "given") positions = counted(draft, plan, shared ?? layer, normed);
  const spread = (value: string): string => draft.node("Unsqueeze", [value, draft.ints([1])]);
  if (plan.table) {
    const [cos, sin] = ["cos", "sin"].map((name) =>
      spread(draft.node("Gather", [draft.weight(`table.${name}`, [32, HEAD_SIZE]), positions], { axis: 0 })),
    ) as [string, string];
    return [cos, sin];
  }
  const wide = draft.node("Cast", [positions], { to: TYPE.float32 });
  const angles = draft.node("Mul", [
    draft.node("Unsqueeze", [wide, draft.ints([2])]),
    draft.weight("frequencies", [HEAD_SIZE], 0.8),
  ]);
  return [spread(draft.node("Cos", [angles])), spread(draft.node("Sin", [angles]))];
}

/** What precedes the run, and on from there; `[1, rows]`. */
function counted(draft: Draft, plan: DecoderPlan, layer: number, normed: string): string {
  const { positions } = plan;
  const [zero, one] = [draft.ints(0), draft.ints(1)];
  const [rows, past] = [draft.size(normed, 1), draft.size(pastOf(draft, plan, layer, "key"), 2)];
  const total = draft.node("Add", [rows, past]);
  const flat = (value: string): string => draft.node("Unsqueeze", [value, draft.ints([0])]);
  if (positions === "range") return flat(draft.node("Range", [past, total, one]));
  if (positions === "offset") return flat(draft.node("Add", [draft.node("Range", [zero, rows, one]), past]));
  const summed = draft.node("CumSum", [draft.node("Expand", [draft.ints([1]), flat(total)]), zero]);
  return flat(draft.node("Sub", [draft.node("Slice", [summed, flat(past), flat(total)]), one]));
}

/** Half of each head against the other half. */
function turned(draft: Draft, value: string, tables: [string, string] | null): string {
  if (tables === null) return value;
  const part = (start: number, end: number): string =>
    draft.node("Slice", [value, draft.ints([start]), draft.ints([end]), draft.ints([3])]);
  const half = HEAD_SIZE / 2;
  const other = draft.node("Concat", [draft.node("Neg", [part(half, HEAD_SIZE)]), part(0, half)], {
    axis: 3,
  });
  return draft.node("Add", [draft.node("Mul", [value, tables[0]]), draft.node("Mul", [other, tables[1]])]);
}

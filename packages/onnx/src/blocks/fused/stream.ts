import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import { vector } from "../linear.ts";
import { NORM_OFFSET, NORM_SCALE, rmsNorm } from "../norms.ts";

/** Rows between two sublayers: what the last one adds is still to be added to the rest. */
export interface Stream {
  /** `[1, rows, hidden]`. */
  readonly rest: Value;
  /** `[1, rows, hidden]`; absent at the start. */
  readonly added?: Value;
}

export interface NormSizes {
  readonly hidden: number;
  readonly epsilon: number;
  /** 1 where norm weights are stored as offsets from 1 (Gemma). */
  readonly normPlus?: number;
}

/** The rows themselves, `[1, rows, hidden]`. */
export function streamSum(graph: GraphBuilder, { rest, added }: Stream): Value {
  return added === undefined ? rest : graph.node("Add", [rest, added]);
}

/** Sum and norm in one node: what the next sublayer reads, and the sum as it was before the norm. */
export function streamNorm(
  graph: GraphBuilder,
  { rest, added }: Stream,
  weight: string,
  { hidden, epsilon, normPlus = 0 }: NormSizes,
): { readonly normed: Value; readonly rest: Value } {
  if (added === undefined) return { normed: rmsNorm(graph, rest, weight, hidden, epsilon, normPlus), rest };
  const scale = vector(graph, [weight], [hidden], normPlus, normPlus === 0 ? NORM_SCALE : NORM_OFFSET);
  const [normed = "", , , sum = ""] = graph.nodes(
    "SkipSimplifiedLayerNormalization",
    [added, rest, scale],
    4,
    {
      domain: "com.microsoft",
      attributes: { epsilon: { float: epsilon } },
      unused: [1, 2],
    },
  );
  return { normed, rest: sum };
}

import type { GraphBuilder } from "../../graph/graph-builder.ts";
import type { Value } from "../../graph/graph-model.ts";
import { normScale, scaledRmsNorm } from "../norms.ts";

/** Rows between two sublayers: what the last one adds is still to be added to the rest. */
export interface Stream {
  /** `[1, rows, hidden]`. */
  readonly rest: Value;
  /** `[1, rows, hidden]`; absent at the start. */
  readonly added?: Value;
}

/** What a norm makes of a stream. */
export interface NormedStream {
  /** What the next sublayer reads, `[1, rows, hidden]`. */
  readonly normed: Value;
  /** Everything added, not normed, `[1, rows, hidden]`. */
  readonly rest: Value;
  /** Multiplies what the sublayer behind the norm adds, `[hidden]`, where there is one. */
  readonly gate?: Value | undefined;
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
  stream: Stream,
  weight: string,
  { hidden, epsilon, normPlus = 0 }: NormSizes,
): NormedStream {
  return scaledStreamNorm(graph, stream, normScale(graph, weight, hidden, normPlus), epsilon);
}

/** The same with a scale `[hidden]` that is made at run time. */
export function scaledStreamNorm(
  graph: GraphBuilder,
  { rest, added }: Stream,
  scale: Value,
  epsilon: number,
): NormedStream {
  if (added === undefined) return { normed: scaledRmsNorm(graph, rest, scale, epsilon), rest };
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

/** Does to both parts of a stream what leaves their sum alone: takes some rows, in some order. */
export function mapStream({ rest, added }: Stream, change: (rows: Value) => Value): Stream {
  return added === undefined ? { rest: change(rest) } : { rest: change(rest), added: change(added) };
}

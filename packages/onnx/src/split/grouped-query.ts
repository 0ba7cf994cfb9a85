import { intConstant, makeNode } from "../proto/edit-model.ts";
import type { NodeProto, TensorProto } from "../proto/edit-model.ts";
import { attributeInt } from "./attributes.ts";
import { nodeName } from "./decoder-graph.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { refuse } from "./refuse.ts";

/** Queries, keys and values of a GroupQueryAttention node, `[batch, rows, heads · size]` each. */
interface Projections {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** What unpacks them. */
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
}

/** The three projections, split where they come packed. */
export function unpackQkv(graph: DecoderGraph, node: NodeProto, prefix: string): Projections {
  const [packed = "", key = "", value = ""] = node.input;
  if (key !== "") return { query: packed, key, value, nodes: [], constants: [] };
  const size = headSizeOf(graph, node);
  if (size === null) throw refuse("packed projections of a known head size", nodeName(node));
  const [heads, keyHeads] = [attributeInt(node, "num_heads"), attributeInt(node, "kv_num_heads")];
  const [own, other, third, sizes] = ["query", "key", "value", "sizes"].map(
    (part) => `${prefix}/${part}`,
  ) as [string, string, string, string];
  return {
    query: own,
    key: other,
    value: third,
    nodes: [makeNode("Split", [packed, sizes], [own, other, third], { axis: 2 })],
    constants: [intConstant(sizes, [heads * size, keyHeads * size, keyHeads * size])],
  };
}

/** From the cache's shape, else from the projection's. */
export function headSizeOf(graph: DecoderGraph, node: NodeProto): number | null {
  const [, , , past = ""] = node.input;
  const stated = graph.dimsOf(past)?.[3];
  if (typeof stated === "number" && stated > 0) return stated;
  const output = graph.dimsOf(node.output[0] ?? "")?.[2];
  if (typeof output === "number" && output > 0) return output / attributeInt(node, "num_heads", 1);
  const half = graph.initializers.get(node.input[7] ?? "")?.dims[1];
  return half === undefined ? null : Number(half) * 2;
}

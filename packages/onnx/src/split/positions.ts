import { changedNode, makeNode, MICROSOFT, TYPE } from "../proto/edit-model.ts";
import type { NodeProto, TensorProto } from "../proto/edit-model.ts";
import { makeAttribute } from "../proto/edit-model.ts";
import { attributeInt } from "./attributes.ts";
import { nodeName } from "./decoder-graph.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { headSizeOf, unpackQkv } from "./grouped-query.ts";
import { countedPositions } from "./position-flow.ts";
import { refuse } from "./refuse.ts";

/**
 * How the layers above the cut learn the original positions of the kept rows: from the stock input `position_ids`, from
 * one that was added (rotation taken out of fused attention), from `position_shift`, which is added to what the graph
 * counts, or not at all, where they turn nothing: given positions were added below.
 */
export type PositionSource = "input" | "added" | "shifted" | "none";

export interface PositionedTail {
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
  readonly source: PositionSource;
}

/** Input of the tail where the graph counts: original position minus counted one, int64 `[kept]`. */
export const SHIFT = "position_shift";

/**
 * Lets every rotation above the cut see original positions.
 *
 * @param nodes of the tail, in order
 * @param hidden values of the cut, after the rows were chosen
 * @throws `graph-invalid`
 */
export function withOriginalPositions(
  graph: DecoderGraph,
  nodes: readonly NodeProto[],
  hidden: readonly string[],
): PositionedTail {
  const uses = countedPositions(graph, nodes, hidden);
  const constants: TensorProto[] = [];
  const fused = nodes.some(isFused);
  const shifted = new Map<NodeProto, NodeProto[]>();
  for (const [place, { node, index }] of uses.entries()) {
    const counted = node.input[index] ?? "";
    const [shift, own] = [`vla_pruner/shift/${place}`, `vla_pruner/shifted/${place}`];
    const narrow = graph.typeOf(counted) === TYPE.int32;
    const before = shifted.get(node) ?? [];
    if (narrow) before.push(makeNode("Cast", [SHIFT], [shift], { to: TYPE.int32 }));
    before.push(makeNode("Add", [counted, narrow ? shift : SHIFT], [own]));
    node.input[index] = own;
    shifted.set(node, before);
  }
  const made = nodes.flatMap((node) => [
    ...(shifted.get(node) ?? []),
    ...(isFused(node) ? unfused(graph, node, constants) : [node]),
  ]);
  if (fused && uses.length > 0)
    throw refuse("one way of counting positions", "rotation within attention and beside it");
  const reads = made.some(({ input }) => input.includes("position_ids"));
  const source = fused ? "added" : uses.length > 0 ? "shifted" : reads ? "input" : "none";
  // A way of counting that is not known here would look the same, and number kept rows anew.
  if (source === "none" && !graph.inputs.has("position_ids"))
    throw refuse(
      "positions in the layers above the cut, or the input position_ids below it",
      "neither: how rows are told apart is not understood",
      "export the model with position_ids",
    );
  if (uses.length > 0 && reads)
    throw refuse("positions that are given, or counted", "both in the same layers");
  return { nodes: made, constants, source };
}

function isFused(node: NodeProto): boolean {
  return node.opType === "GroupQueryAttention" && attributeInt(node, "do_rotary") === 1;
}

/** Inputs of GroupQueryAttention by their places. */
const [COS, SIN, POSITIONS, QUANTIZED] = [7, 8, 9, 12];

/** Rotation within attention numbers rows by the cache's length: it is taken out, and given positions. */
function unfused(graph: DecoderGraph, node: NodeProto, constants: TensorProto[]): NodeProto[] {
  if (node.input.slice(QUANTIZED).some((name) => name !== ""))
    throw refuse(
      "attention whose rotation can be taken out",
      `${nodeName(node)}, which normalises or quantises before it turns`,
    );
  const {
    query,
    key,
    value,
    nodes,
    constants: sizes,
  } = unpackQkv(graph, node, `vla_pruner/${node.output[0]}`);
  constants.push(...sizes);
  const turned = [query, key].map((name) => `${name}/vla_pruner_turned`);
  const turns = [query, key].map((name, place) =>
    makeNode(
      "RotaryEmbedding",
      [name, "position_ids", node.input[COS] ?? "", node.input[SIN] ?? ""],
      [turned[place] ?? ""],
      rotaryAttributes(graph, node, place),
      MICROSOFT,
    ),
  );
  const rest = node.input
    .slice(3)
    .map((name, place) => ([COS, SIN, POSITIONS].includes(place + 3) ? "" : name));
  const attribute = node.attribute.map((given) =>
    given.name === "do_rotary" ? makeAttribute("do_rotary", 0) : given,
  );
  return [...nodes, ...turns, changedNode(node, { input: [...turned, value, ...rest], attribute })];
}

/** Attributes of a RotaryEmbedding that turns queries (0) or keys (1) as the attention node would have. */
export function rotaryAttributes(
  graph: DecoderGraph,
  node: NodeProto,
  place: number,
): Record<string, number> {
  const interleaved = attributeInt(node, "rotary_interleaved");
  const half = graph.initializers.get(node.input[COS] ?? "")?.dims[1];
  const size = headSizeOf(graph, node);
  if (half === undefined || size === null || Number(half) * 2 === size) return { interleaved };
  const heads = attributeInt(node, place === 0 ? "num_heads" : "kv_num_heads");
  return { interleaved, num_heads: heads, rotary_embedding_dim: Number(half) * 2 };
}

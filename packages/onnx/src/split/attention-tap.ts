import { changedNode, intConstant, makeAttribute, makeNode, MICROSOFT, TYPE } from "../proto/edit-model.ts";
import type { NodeProto, TensorProto } from "../proto/edit-model.ts";
import { pastOf } from "./caches.ts";
import type { Caches } from "./caches.ts";
import { nodeName } from "./decoder-graph.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { refuse } from "./refuse.ts";
import { sideBranch } from "./side-branch.ts";
import { headMean, TAP_ROWS } from "./tap-output.ts";

export interface Tap {
  /** Nodes of the head with the tap among them. */
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
  /** Which node's attention it is, for people. */
  readonly of: string;
}

const FUSED = new Set(["GroupQueryAttention", "MultiHeadAttention"]);

/**
 * Taps the attention of the last attention layer below the cut: the existing probabilities where the graph has them, a
 * side branch on queries and keys where attention is fused.
 *
 * @param nodes of the head, in order
 * @throws `graph-invalid` where attention is computed in a way that is not understood
 */
export function tapAttention(
  graph: DecoderGraph,
  caches: Caches,
  nodes: readonly NodeProto[],
  opset: number,
): Tap {
  const key = caches.lastKeyBelow;
  const maker = graph.makerOf(key);
  const content = graph.contentFrom([
    key,
    pastOf(key),
    ...(maker?.output.filter((name) => name !== "") ?? []),
  ]);
  const own = nodes.filter((node) => node === maker || node.output.some((name) => content.has(name)));
  const attention = own.find(
    (node) => FUSED.has(node.opType) || node.opType === "Softmax" || node.opType === "Attention",
  );
  if (attention === undefined)
    throw refuse(
      `attention weights that follow from ${key}, below the cut`,
      "neither Softmax nor a known attention operator",
    );
  if (attention.domain === MICROSOFT && FUSED.has(attention.opType)) {
    // The output may be a copy of another type.
    const branch = sideBranch(graph, attention, attention.output[1] || key, opset);
    return { nodes: [...nodes, ...branch.nodes], constants: branch.constants, of: nodeName(attention) };
  }
  if (attention.opType === "Softmax")
    return fromProbabilities(nodes, attention.output[0] ?? "", attention, opset);
  if (attention.domain !== "") throw refuse("attention weights that can be tapped", nodeName(attention));
  const probabilities = "vla_pruner/tap/probabilities";
  const output = [0, 1, 2].map((index) => attention.output[index] ?? "");
  const mode = "qk_matmul_output_mode";
  const attribute = [...attention.attribute.filter(({ name }) => name !== mode), makeAttribute(mode, 3)];
  const open = changedNode(attention, { output: [...output, probabilities], attribute });
  return fromProbabilities(
    nodes.map((node) => (node === attention ? open : node)),
    probabilities,
    attention,
    opset,
  );
}

/** Rows of `[…, rows, columns]`, mean over what is before: heads, in groups or not. */
function fromProbabilities(
  nodes: readonly NodeProto[],
  value: string,
  attention: NodeProto,
  opset: number,
): Tap {
  const mean = headMean(tapName("by_head"), [1], opset);
  const ends = intConstant(tapName("ends"), [-2, -1]);
  const front = intConstant(tapName("front"), [1, -1]);
  return {
    nodes: [
      ...nodes,
      makeNode("Gather", [value, TAP_ROWS], [tapName("rows")], { axis: -2 }),
      makeNode("Cast", [tapName("rows")], [tapName("wide")], { to: TYPE.float32 }),
      makeNode("Shape", [tapName("wide")], [tapName("shape")]),
      makeNode("Gather", [tapName("shape"), ends.name], [tapName("sizes")], { axis: 0 }),
      makeNode("Concat", [front.name, tapName("sizes")], [tapName("flat")], { axis: 0 }),
      makeNode("Reshape", [tapName("wide"), tapName("flat")], [tapName("by_head")]),
      mean.node,
    ],
    constants: [...mean.constants, ends, front],
    of: nodeName(attention),
  };
}

function tapName(part: string): string {
  return `vla_pruner/tap/${part}`;
}

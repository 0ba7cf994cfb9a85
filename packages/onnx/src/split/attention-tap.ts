import { changedNode, makeAttribute, makeNode, MICROSOFT, TYPE } from "../proto/edit-model.ts";
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

/** Rows of `[batch, heads, rows, columns]`, mean over heads. */
function fromProbabilities(
  nodes: readonly NodeProto[],
  value: string,
  attention: NodeProto,
  opset: number,
): Tap {
  const [rows, wide] = ["vla_pruner/tap/rows", "vla_pruner/tap/wide"];
  const mean = headMean(wide, [1], opset);
  return {
    nodes: [
      ...nodes,
      makeNode("Gather", [value, TAP_ROWS], [rows], { axis: 2 }),
      makeNode("Cast", [rows], [wide], { to: TYPE.float32 }),
      mean.node,
    ],
    constants: mean.constants,
    of: nodeName(attention),
  };
}

import { floatConstant, intConstant, makeNode, MICROSOFT, TYPE } from "../proto/edit-model.ts";
import type { NodeProto, TensorProto } from "../proto/edit-model.ts";
import { attributeFloat, attributeInt } from "./attributes.ts";
import { EMBEDS, nodeName } from "./decoder-graph.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { unpackQkv } from "./grouped-query.ts";
import { rotaryAttributes } from "./positions.ts";
import { refuse } from "./refuse.ts";
import { headMean, TAP_ROWS } from "./tap-output.ts";

/** Inputs that change attention weights in ways that the branch does not repeat: by operator, from this place on. */
const NOT_REPEATED: Readonly<Record<string, readonly number[]>> = {
  GroupQueryAttention: [10, 11, 12, 13, 14, 15],
  MultiHeadAttention: [3, 4],
};

/** Nodes and constants of a branch, whose values have names of their own. */
class Branch {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];

  node(
    op: string,
    input: readonly string[],
    name: string,
    attributes: Parameters<typeof makeNode>[3] = {},
    domain = "",
  ): string {
    const output = `vla_pruner/tap/${name}`;
    this.nodes.push(makeNode(op, input, [output], attributes, domain));
    return output;
  }

  ints(name: string, values: readonly number[] | number): string {
    const own = `vla_pruner/tap/${name}`;
    this.constants.push(intConstant(own, values));
    return own;
  }

  float(name: string, value: number): string {
    const own = `vla_pruner/tap/${name}`;
    this.constants.push(floatConstant(own, value));
    return own;
  }
}

/**
 * Attention of some rows, from the queries and the cached keys beside a fused node: `softmax(mask(q · kᵀ · scale))`, mean
 * over heads. Queries are turned here where the node does it within.
 *
 * @param key the output of keys, `[1, key heads, total, size]`
 */
export function sideBranch(graph: DecoderGraph, node: NodeProto, key: string, opset: number): Branch {
  const grouped = node.opType === "GroupQueryAttention";
  const odd = (NOT_REPEATED[node.opType] ?? []).find((place) => (node.input[place] ?? "") !== "");
  if (odd !== undefined || attributeInt(node, "smooth_softmax") === 1)
    throw refuse(
      "attention weights that can be tapped",
      `${nodeName(node)}, whose input ${odd ?? "smooth_softmax"} changes them`,
    );
  const branch = new Branch();
  const heads = attributeInt(node, "num_heads");
  const keyHeads = grouped ? attributeInt(node, "kv_num_heads") : heads;

  const keyShape = branch.node("Shape", [key], "key_shape");
  const total = branch.node("Gather", [keyShape, branch.ints("at_length", 2)], "total", { axis: 0 });
  const size = branch.node("Gather", [keyShape, branch.ints("at_size", [3])], "size", { axis: 0 });
  const promptShape = branch.node("Shape", [EMBEDS], "prompt_shape");
  const rows = branch.node("Gather", [promptShape, branch.ints("at_rows", 1)], "rows", { axis: 0 });
  const past = branch.node("Sub", [total, rows], "past");
  const places = branch.node("Add", [TAP_ROWS, past], "places");

  const query = turnedQuery(graph, node, branch, places, grouped);
  const parts = branch.ints("parts", [0, -1, keyHeads, heads / keyHeads]);
  const shape = branch.node("Concat", [parts, size], "query_shape", { axis: 0 });
  const split = branch.node("Reshape", [query, shape], "query_heads");
  const byHead = branch.node("Transpose", [split], "query_by_head", { perm: [0, 2, 3, 1, 4] });
  const turnedKey = branch.node("Transpose", [key], "key_turned", { perm: [0, 1, 3, 2] });
  const spread = branch.node("Unsqueeze", [turnedKey, branch.ints("at_group", [2])], "key_spread");
  const product = branch.node("MatMul", [byHead, spread], "product");
  const wide = branch.node("Cast", [product], "product_wide", { to: TYPE.float32 });
  const scores = softCapped(node, branch, scaled(node, branch, wide, size));
  const visible = mask(node, branch, scores, { total, places, grouped });
  const weights = branch.node("Softmax", [visible], "weights", { axis: -1 });
  const mean = headMean(weights, [1, 2], opset);
  branch.nodes.push(mean.node);
  branch.constants.push(...mean.constants);
  return branch;
}

function turnedQuery(
  graph: DecoderGraph,
  node: NodeProto,
  branch: Branch,
  places: string,
  grouped: boolean,
): string {
  if (!grouped) return branch.node("Gather", [node.input[0] ?? "", TAP_ROWS], "query", { axis: 1 });
  const { query, nodes, constants } = unpackQkv(graph, node, "vla_pruner/tap/packed");
  branch.nodes.push(...nodes);
  branch.constants.push(...constants);
  const chosen = branch.node("Gather", [query, TAP_ROWS], "query", { axis: 1 });
  if (attributeInt(node, "do_rotary") !== 1) return chosen;
  const positions = branch.node("Unsqueeze", [places, branch.ints("at_batch", [0])], "positions");
  const tables = [node.input[7] ?? "", node.input[8] ?? ""];
  return branch.node(
    "RotaryEmbedding",
    [chosen, positions, ...tables],
    "query_turned",
    rotaryAttributes(graph, node, 0),
    MICROSOFT,
  );
}

function scaled(node: NodeProto, branch: Branch, scores: string, size: string): string {
  const scale = attributeFloat(node, "scale");
  if (scale !== 0) return branch.node("Mul", [scores, branch.float("scale", scale)], "scaled");
  const wide = branch.node("Cast", [size], "size_wide", { to: TYPE.float32 });
  return branch.node("Div", [scores, branch.node("Sqrt", [wide], "size_root")], "scaled");
}

function softCapped(node: NodeProto, branch: Branch, scores: string): string {
  const cap = attributeFloat(node, "softcap");
  if (cap <= 0) return scores;
  const limit = branch.float("cap", cap);
  const flat = branch.node("Tanh", [branch.node("Div", [scores, limit], "capped_input")], "capped");
  return branch.node("Mul", [flat, limit], "capped_scores");
}

interface MaskFacts {
  readonly total: string;
  readonly places: string;
  readonly grouped: boolean;
}

/** A row sees what is not after it, and not before its window; a bias is added as the node adds it. */
function mask(
  node: NodeProto,
  branch: Branch,
  scores: string,
  { total, places, grouped }: MaskFacts,
): string {
  const bias = grouped ? "" : (node.input[5] ?? "");
  if (bias !== "") {
    const rows = branch.node("Gather", [bias, TAP_ROWS], "bias", { axis: 2 });
    const wide = branch.node("Cast", [rows], "bias_wide", { to: TYPE.float32 });
    // Scores are [batch, key heads, group, rows, total], with one query head to each key head here.
    scores = branch.node(
      "Add",
      [scores, branch.node("Unsqueeze", [wide, branch.ints("at_bias", [2])], "bias_spread")],
      "biased",
    );
  }
  if (!grouped && attributeInt(node, "unidirectional") !== 1) return scores;
  const columns = branch.node("Range", [branch.ints("zero", 0), total, branch.ints("one", 1)], "columns");
  const row = branch.node("Unsqueeze", [places, branch.ints("at_column", [1])], "row");
  let seen = branch.node("LessOrEqual", [columns, row], "causal");
  const window = attributeInt(node, "local_window_size", -1);
  if (window > 0) {
    const edge = branch.node("Sub", [row, branch.ints("window", window)], "edge");
    seen = branch.node("And", [seen, branch.node("Greater", [columns, edge], "near")], "near_and_causal");
  }
  return branch.node("Where", [seen, scores, branch.float("nothing", -3e38)], "visible");
}

import {
  cast,
  dense,
  floatOutput,
  layerNorm,
  linear,
  linearMatrix,
  mean,
  reshape,
  squeeze,
  sum,
  transpose,
  vector,
} from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { placeholders } from "./oft-plan.ts";
import type { OftPlan } from "./oft-plan.ts";

/** PyTorch's default of a LayerNorm. */
const EPSILON = 1e-5;

/** A regression's outputs are the robot's own numbers, and the head is a small part of the work. */
const EXACT = { exact: true };

/** Residual blocks of the published heads. */
const BLOCKS = 2;

/**
 * Hidden states `[1, chunk · action, hidden]` → output `actions` (L1 head) or `noise` (diffusion head),
 * float32 `[chunk, action]`; for a discrete head `tokens` int64 and the mean of their logits `token_scores`
 * float32, both `[chunk · action]`.
 */
export function actionHead(graph: GraphBuilder, hidden: Value, plan: OftPlan): void {
  const { head, chunk, actionSize } = plan;
  if (head === "discrete") return discreteHead(graph, hidden, plan);
  const values = graph.scope("action_head", () => residualNetwork(graph, hidden, plan));
  floatOutput(graph, values, head === "l1" ? "actions" : "noise", [chunk, actionSize]);
}

/** `MLPResNet` of the official code: norm, linear, ReLU, blocks `x + ReLU(linear(norm(x)))`, norm, linear. */
function residualNetwork(graph: GraphBuilder, hidden: Value, plan: OftPlan): Value {
  const { sizes, network, chunk, actionSize } = plan;
  const width = sizes.decoder.hidden;
  const rows = reshape(graph, hidden, chunk, actionSize * width);
  const normed = layerNorm(graph, rows, `${network}layer_norm1`, actionSize * width, EPSILON);
  let x = graph.node("Relu", [firstLayer(graph, normed, plan)]);
  for (let block = 0; block < BLOCKS; block += 1) {
    const name = `${network}mlp_resnet_blocks.${block}.ffn`;
    const inner = dense(
      graph,
      layerNorm(graph, x, `${name}.0`, width, EPSILON),
      `${name}.1`,
      width,
      width,
      EXACT,
    );
    x = graph.node("Add", [x, graph.node("Relu", [inner])]);
  }
  const last = layerNorm(graph, x, `${network}layer_norm2`, width, EPSILON);
  return dense(graph, last, `${network}fc2`, width, actionSize, EXACT);
}

/**
 * `fc1`, `[chunk, actionSize · width]` → `[chunk, width]`. On WebGPU in a product for each number of an action, all at
 * once: few rows by so long a matrix keep few of its threads busy, one block of the sum after the other.
 */
function firstLayer(graph: GraphBuilder, x: Value, plan: OftPlan): Value {
  const { sizes, network, chunk, actionSize, target } = plan;
  const width = sizes.decoder.hidden;
  const name = `${network}fc1`;
  if (target !== "webgpu") return dense(graph, x, name, actionSize * width, width, EXACT);
  const matrix = linearMatrix(graph, {
    weights: [`${name}.weight`],
    input: actionSize * width,
    outputs: [width],
    exact: true,
  });
  const parts = transpose(graph, reshape(graph, x, chunk, actionSize, width), 1, 0, 2);
  const products = graph.node("MatMul", [parts, reshape(graph, matrix, actionSize, width, width)]);
  return graph.node("Add", [sum(graph, products, [0]), vector(graph, [`${name}.bias`], [width])]);
}

/** The likeliest word at each row, over the whole vocabulary. */
function discreteHead(graph: GraphBuilder, hidden: Value, plan: OftPlan): void {
  const { decoder, head } = plan.sizes;
  const logits = squeeze(
    graph,
    linear(graph, hidden, { weights: [head], input: decoder.hidden, outputs: [decoder.vocabulary] }),
    0,
  );
  const wide = cast(graph, logits, graph.floatType, "float32");
  const tokens = graph.node("ArgMax", [wide], { attributes: { axis: { int: -1 }, keepdims: { int: 0 } } });
  graph.output(tokens, "tokens", "int64", [placeholders(plan)]);
  graph.output(mean(graph, wide, [1]), "token_scores", "float32", [placeholders(plan)]);
}

import { gatherRows, mapStream, slice, streamNorm } from "@vla-pruner/onnx/blocks";
import type { Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import { DECODER } from "@vla-pruner/prismatic/convert";
import { actionHead } from "../action-head.ts";
import { placeholders } from "../oft-plan.ts";
import type { OftPlan } from "../oft-plan.ts";

/** The rows that go on above the cut. */
export function gatheredRows(graph: GraphBuilder, stream: Stream, rows: Value): Stream {
  return mapStream(stream, (value) => gatherRows(graph, value, rows));
}

/** Norm and action head on the row before each placeholder. */
export function answerActions(graph: GraphBuilder, stream: Stream, plan: OftPlan): void {
  const first = -(placeholders(plan) + 2);
  const answering = mapStream(stream, (value) => slice(graph, value, first, -2, 1));
  const { normed } = streamNorm(graph, answering, `${DECODER}norm.weight`, plan.sizes.decoder);
  actionHead(graph, normed, plan);
}

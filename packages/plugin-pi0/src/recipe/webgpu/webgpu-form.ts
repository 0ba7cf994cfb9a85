import { seenProducts, splitByFew, WEBGPU_PARTS } from "@vla-pruner/onnx/blocks";
import { seenActions } from "../one-run/action-attention.ts";
import type { LayerForm } from "../one-run/layer-form.ts";

/** A node binds eight buffers on any WebGPU device: one that is read, and these. */
const MOST_OUTPUTS = 7;

/**
 * What is fast on WebGPU. A thread of its flash attention goes through all columns alone: 0.2 ms for 106 columns of 128
 * numbers on an H200, and here are 800 of 256. Few rows go through the expert, so that its long products are cut smaller than
 * the prefix's.
 */
export const WEBGPU_FORM: LayerForm = {
  attend: seenProducts,
  actions: (graph, sizes, places) => seenActions(graph, sizes, places, seenProducts),
  split: (graph, x, sizes) => splitByFew(graph, x, sizes, MOST_OUTPUTS),
  prefixParts: WEBGPU_PARTS,
  expertParts: { output: 2, down: 4 },
};

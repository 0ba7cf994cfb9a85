import { fusedLayer } from "@vla-pruner/onnx/blocks";
import type { Attended, Stream } from "@vla-pruner/onnx/blocks";
import type { GraphBuilder, Value } from "@vla-pruner/onnx/graph";
import type { Pi0Sizes } from "../pi0-sizes.ts";
import type { LayerForm } from "./layer-form.ts";
import type { StreamNormalize } from "./stream-norms.ts";

/**
 * Rows through all layers of the expert.
 *
 * @param start `[1, rows, hidden]` each
 */
export function expertRows<Result extends Attended>(
  graph: GraphBuilder,
  start: Stream,
  { expert, names, decoder }: Pi0Sizes,
  normalize: StreamNormalize,
  attend: (layer: number, packed: Value) => Result,
  { expertParts: parts }: LayerForm,
): { readonly stream: Stream; readonly layers: readonly Result[] } {
  const layers: Result[] = [];
  let stream = start;
  for (let layer = 0; layer < decoder.layers; layer += 1) {
    const prefix = `${names.expert}layers.${layer}.`;
    const made = fusedLayer(graph, stream, prefix, expert, (packed) => attend(layer, packed), {
      parts,
      normalize: (between, which) => normalize(between, 2 * layer + which),
    });
    layers.push(made.attended);
    ({ stream } = made);
  }
  return { stream, layers };
}

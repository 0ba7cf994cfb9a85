import type { GraphTensor, LayerAttention, StageMiddleware } from "@vla-pruner/core";
import type { RawActions } from "../../src/read-actions.ts";

/** What passed between the graphs in the last step. */
export interface RecordedStages {
  readonly middleware: StageMiddleware;
  /** `[vision, hidden]` */
  features(): Float32Array;
  /** `[sequence, hidden]`, at the cut. */
  hidden(): Float32Array;
  /** `[chunk · action]`, in model units. */
  normalized(): Float32Array;
  layers(): readonly LayerAttention[];
}

/** Copies tensors while they are alive: an adapter frees them when a step ends. */
export function recordStages(): RecordedStages {
  let features = new Float32Array(0);
  let hidden = new Float32Array(0);
  let normalized = new Float32Array(0);
  let layers: readonly LayerAttention[] = [];
  return {
    features: () => features,
    hidden: () => hidden,
    normalized: () => normalized,
    layers: () => layers,
    middleware: {
      async encodeVision(_, next) {
        const vision = await next();
        features = copied((vision.features as GraphTensor).data as Float32Array);
        return vision;
      },
      async prefillHead(_, next) {
        const head = await next();
        const { pass } = head.state as { pass: { hidden: GraphTensor } };
        hidden = copied(pass.hidden.data as Float32Array);
        return head;
      },
      async act(_, next) {
        const acted = await next();
        layers = acted.actionAttention;
        normalized = copied((acted.raw as RawActions).values);
        return acted;
      },
    },
  };
}

function copied(values: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(values);
}

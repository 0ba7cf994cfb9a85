import type { LayerAttention, StageMiddleware } from "../../src/index.ts";
import type { GraphTensor } from "../../src/adapter/index.ts";

/** What passed between the graphs in the last step. */
export interface RecordedStages {
  readonly middleware: StageMiddleware;
  /** `[vision, hidden]` */
  features(): Float32Array;
  /** `[sequence, hidden]`, at the cut. */
  hidden(): Float32Array;
  layers(): readonly LayerAttention[];
  /** As the adapter gave it. */
  raw(): unknown;
}

/** Copies tensors while they are alive: an adapter frees them when a step ends. */
export function recordStages(): RecordedStages {
  let features = new Float32Array(0);
  let hidden = new Float32Array(0);
  let layers: readonly LayerAttention[] = [];
  let raw: unknown;
  return {
    features: () => features,
    hidden: () => hidden,
    layers: () => layers,
    raw: () => raw,
    middleware: {
      async encodeVision(_, next) {
        const vision = await next();
        features = copied(vision.features as GraphTensor);
        return vision;
      },
      async prefillHead(_, next) {
        const head = await next();
        const tensor = (head.state as { pass?: { hidden?: GraphTensor } }).pass?.hidden;
        if (tensor !== undefined) hidden = copied(tensor); // what one run for a whole step does not hand out
        return head;
      },
      async act(_, next) {
        const acted = await next();
        layers = acted.actionAttention;
        raw = acted.raw;
        return acted;
      },
    },
  };
}

function copied(tensor: GraphTensor): Float32Array<ArrayBuffer> {
  return Float32Array.from(tensor.data as Float32Array);
}

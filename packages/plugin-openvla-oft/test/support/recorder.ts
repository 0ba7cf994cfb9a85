import { recordStages as recordAll } from "../../../core/test/support/record-stages.ts";
import type { RecordedStages as AllStages } from "../../../core/test/support/record-stages.ts";
import type { RawActions } from "../../src/oft-adapter.ts";

export interface RecordedStages extends AllStages {
  /** `[chunk · action]`, in model units. */
  normalized(): Float32Array;
}

/** What passed between the graphs in the last step, and the actions before they are un-normalised. */
export function recordStages(): RecordedStages {
  const recorded = recordAll();
  return { ...recorded, normalized: () => (recorded.raw() as RawActions).values };
}

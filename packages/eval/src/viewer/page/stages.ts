import type { StageName } from "@vla-pruner/core";

/** A part of a call's time as the report shows it. */
export interface StageGroup {
  readonly label: string;
  readonly stages: readonly StageName[];
}

/** All stages, those that take no time to speak of as one. */
export const STAGE_GROUPS: readonly StageGroup[] = [
  { label: "vision encoder", stages: ["encodeVision"] },
  { label: "language layers before the cut", stages: ["prefillHead"] },
  { label: "selection", stages: ["select"] },
  { label: "layers after the cut and action", stages: ["act"] },
  { label: "everything else", stages: ["prepare", "observe", "toAction"] },
];

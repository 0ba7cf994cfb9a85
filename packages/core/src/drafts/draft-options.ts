import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { VlaAdapter } from "../vla-adapter.ts";

/** When the action of the call before is tried as a draft of the next. */
export interface DraftOptions {
  /** Drafts rest when less than this share of their tokens is right, averaged over calls. Default 0.2. */
  readonly stopBelow?: number;
  /** They are tried again when more than this share would have been. Default 0.3. */
  readonly resumeAbove?: number;
}

/** A refused draft costs about what one right token saves, of the six that a draft of seven can (`docs/results/performance-gpu.md`). */
const DEFAULTS: Required<DraftOptions> = { stopBelow: 0.2, resumeAbove: 0.3 };

/**
 * Drafts as asked for: `null` for none.
 *
 * @throws `invalid-option`, also where the model cannot verify any
 */
export function draftOptions(
  asked: boolean | DraftOptions,
  { architecture, layout }: VlaAdapter,
): Required<DraftOptions> | null {
  if (asked === false) return null;
  const given = asked === true ? {} : asked;
  checkOptions("drafts", given, ["stopBelow", "resumeAbove"]);
  const { stopBelow, resumeAbove } = { ...DEFAULTS, ...given };
  if (!(stopBelow >= 0 && stopBelow <= resumeAbove && resumeAbove <= 1)) {
    throw new VlaPrunerError("invalid-option", {
      expected: "drafts: 0 ≤ stopBelow ≤ resumeAbove ≤ 1",
      found: `stopBelow ${stopBelow}, resumeAbove ${resumeAbove}`,
      fix: "leave them out for the defaults",
    });
  }
  assertDrafts(architecture, layout.draftTokens);
  return { stopBelow, resumeAbove };
}

/** @throws `invalid-option` where the model cannot verify a draft */
export function assertDrafts(architecture: string, draftTokens: number | undefined): void {
  if (draftTokens !== undefined) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "a model that decodes action tokens one after the other, for a draft",
    found: architecture,
    fix: "leave drafts out: this model has its whole chunk after one pass",
  });
}

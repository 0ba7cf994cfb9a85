import type { VlaAdapter } from "../vla-adapter.ts";
import type { DraftMemory } from "./draft-memory.ts";
import { rightTokens } from "./draft-memory.ts";
import { assertDrafts } from "./draft-options.ts";
import type { DraftOptions } from "./draft-options.ts";

/** How the draft of a step did. */
export interface DraftResult {
  /** The action of the call before, or one that the caller gave. */
  readonly source: "previous" | "given";
  /** Whether the model verified it: the previous action rests where it is seldom right. */
  readonly verified: boolean;
  /** Tokens that were right, or would have been. */
  readonly accepted: number;
  /** Tokens that can be: all of the action but the last. */
  readonly of: number;
  /** Share that was right, averaged over the calls so far; `null` before there are two. */
  readonly acceptance: number | null;
  /** Passes that the tokens behind the first took, where the model guesses anew what was wrong. */
  readonly passes?: number;
}

/** A draft for one step. */
export interface ChosenDraft extends Pick<DraftResult, "source" | "verified"> {
  readonly tokens: readonly number[];
}

/**
 * What is verified in this step: what the caller gave, else the action of the call before.
 *
 * @param given one action in robot units
 * @throws `invalid-option`, `action-invalid`
 */
export function chooseDraft(
  adapter: VlaAdapter,
  given: readonly number[] | undefined,
  memory: DraftMemory,
  options: DraftOptions | null,
): ChosenDraft | null {
  if (given !== undefined) {
    assertDrafts(adapter.architecture, adapter.layout.draftTokens);
    return { source: "given", verified: true, tokens: adapter.toDraft?.(given) ?? [] };
  }
  if (options === null || memory.tokens === null) return null;
  return {
    source: "previous",
    verified: adapter.layout.redrafts === true || !memory.resting,
    tokens: memory.tokens,
  };
}

/** How a draft did, by what was decoded. */
export function draftResult(
  { source, verified, tokens: draft }: ChosenDraft,
  tokens: readonly number[],
  { acceptance }: DraftMemory,
  passes?: number,
): DraftResult {
  return {
    source,
    verified,
    accepted: rightTokens(draft, tokens),
    of: Math.max(1, tokens.length - 1),
    acceptance,
    ...(passes !== undefined && { passes }),
  };
}

import { VlaPrunerError } from "@vla-pruner/core";

/**
 * Refuses a draft that the model could not have given.
 *
 * @throws `invalid-option`
 */
export function checkDraft(draft: readonly number[], actions: number, vocabulary: number): void {
  const whole = draft.every((token) => Number.isInteger(token) && token >= 0 && token < vocabulary);
  if (whole && draft.length === actions) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `a draft of ${actions} tokens, whole numbers from 0 to ${vocabulary - 1}`,
    found: `${draft.length}: ${draft.join(", ")}`.slice(0, 80),
    fix: "pass the tokens of an earlier result, or leave the draft out",
  });
}

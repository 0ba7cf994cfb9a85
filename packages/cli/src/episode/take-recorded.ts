import { isNumber, listOf } from "@vla-pruner/format";
import type { Test } from "@vla-pruner/format";
import type { RecordedStep } from "../verify/compare-steps.ts";

type Line = Readonly<Record<string, unknown>>;

const isVector = listOf(isNumber, 1);

/** What `verify --against` compares with, as `act --json` prints it. */
const COMPARED: Readonly<Record<string, readonly [Test, string]>> = {
  action: [
    (value) => isVector(value) || listOf(isVector, 1)(value),
    "an action of numbers, or an array of actions",
  ],
  tokens: [(value) => value === null || listOf(isNumber)(value), "an array of token ids, or null"],
  kept: [listOf(listOf(isNumber)), "an array of kept tokens for each view"],
};

/** What `act --json` prints beside. */
const LEFT_ALONE = ["step", "semantic", "forecast", "actionAttention", "decision", "reason", "timings"];

/**
 * Parts what a line of an episode file records from what it feeds the model with.
 *
 * @param misfit makes the error, of what was expected and what was found
 */
export function takeRecorded(
  line: Line,
  misfit: (expected: string, found: string) => Error,
): { readonly recorded?: RecordedStep; readonly rest: Line } {
  const recorded: Record<string, unknown> = {};
  for (const [key, [fits, kind]] of Object.entries(COMPARED)) {
    const value = line[key];
    if (value === undefined) continue;
    if (!fits(value)) throw misfit(`"${key}": ${kind}`, JSON.stringify(value).slice(0, 60));
    recorded[key] = key === "action" && isVector(value) ? [value] : value;
  }
  const known = [...Object.keys(COMPARED), ...LEFT_ALONE];
  const rest = Object.fromEntries(Object.entries(line).filter(([key]) => !known.includes(key)));
  return { rest, ...(Object.keys(recorded).length > 0 && { recorded }) };
}
